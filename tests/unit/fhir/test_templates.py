"""Prefetch templates and queries follow from what the release looks at, its exemptions included."""

from dataclasses import replace

import pytest

from cds_service.domain.content import Exemptions, Hook
from cds_service.fhir.templates import queries, templates
from tests.unit.fhir.calls import bundle, order, prefetch, request
from tests.unit.fhir.content import CONTENT


def looking_at(*needs):
    exemptions = Exemptions(
        names={}, matrix={}, strictest=frozenset(), params=None, holding=lambda facts, params: (), needs=needs
    )
    return replace(CONTENT, exemptions=exemptions)


def hook(**fields):
    return Hook(
        hook="order-sign",
        hook_version="1",
        service_id="s",
        title="",
        description="",
        usage_requirements="",
        orders_at="draftOrders",
        selections_at="",
        context_schema={"properties": fields},
    )


def test_only_the_patient_when_nothing_is_looked_at():
    assert templates(looking_at(), hook()) == {"patient": "Patient/{{context.patientId}}"}


def test_what_an_exemption_looks_at_is_asked_for():
    asked = templates(looking_at("problems", "encounter"), hook(encounterId={}))
    assert asked == {
        "patient": "Patient/{{context.patientId}}",
        "conditions": "Condition?patient={{context.patientId}}",
        "encounter": "Encounter/{{context.encounterId}}",
    }


def test_no_encounter_where_the_context_has_none():
    assert "encounter" not in templates(looking_at("encounter"), hook())


@pytest.mark.parametrize(("encounter", "expected"), [("", set()), ("enc-1", {"encounter"})])
def test_the_encounter_is_read_only_when_the_call_names_one(encounter, expected):
    asked = replace(request(bundle(order()), prefetch()), encounter_id=encounter)
    assert set(queries(looking_at("encounter"), asked)) - {"patient"} == expected
