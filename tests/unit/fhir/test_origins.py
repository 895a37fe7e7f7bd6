"""The record of a decision tells where each section was looked for, also where nothing was found."""

from tests.unit.fhir.calls import FHIR, SECTIONS, Server, bundle, gather, order, patient, prefetch, request


def test_sections_of_prefetch_and_of_the_fhir_server_are_told_apart():
    sent = prefetch()
    del sent["allergies"], sent["labs"]
    server = Server(allergies=[bundle(total=0)], observations="timeout")
    gathered = gather(request(bundle(order()), sent, fhir=FHIR, encounter="e1"), server)
    assert gathered.origins["allergies"] == "fhir-read"
    assert gathered.origins["problems"] == "prefetch"
    assert "observations" not in gathered.origins
    assert gathered.origins.keys() | gathered.incomplete.keys() <= set(SECTIONS)


def test_that_there_is_no_encounter_the_context_says():
    gathered = gather(request(bundle(order()), prefetch()))
    assert gathered.origins["encounter"] == "context"
    assert {place for name, place in gathered.origins.items() if name != "encounter"} == {"prefetch"}


def test_without_an_order_of_the_drug_nothing_was_looked_for():
    assert gather(request(bundle(order(code="723")), {"patient": patient()})).origins == {}
