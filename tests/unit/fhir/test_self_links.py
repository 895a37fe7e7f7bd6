"""An empty Bundle under a key of the client's own: told by its `self` link, or not at all (PRE-09, PRE-10)."""

import pytest

from cds_service.domain.facts import Known, Unavailable
from cds_service.fhir.gather import make_gather
from cds_service.fhir.self_links import LONGEST, section_searched
from tests.unit.fhir.calls import TODAY, ZONE, bundle, no_server, order, prefetch, request
from tests.unit.fhir.content import CONTENT

QUERIES = {
    "patient": "Patient/p1",
    "problems": "Condition?patient=p1",
    "services": "ServiceRequest?patient=p1&status=active",
    "observations": "Observation?patient=p1&code=http://loinc.org%7C1-8,http://loinc.org%7C2-6",
}
BASE = "https://ehr.example.org/fhir"


@pytest.mark.requirement("PRE-10")
@pytest.mark.parametrize(
    ("url", "section"),
    [
        (f"{BASE}/Condition?patient=p1", "problems"),
        ("Condition?patient=p1", "problems"),
        (f"{BASE}/Condition?patient=Patient/p1", "problems"),
        (f"{BASE}/Condition?patient=Patient%2Fp1", "problems"),
        (f"{BASE}/Condition?subject={BASE}/Patient/p1", "problems"),
        (f"{BASE}/Condition?subject:Patient=p1&_count=50&_sort=-recorded-date&_format=json", "problems"),
        (f"{BASE}/Condition/_search?patient=p1", "problems"),
        (f"{BASE}/Patient/p1/Condition", "problems"),
        (f"{BASE}/Patient/p1/Condition?_include=Condition:encounter", "problems"),
        (f"{BASE}/ServiceRequest?patient=p1&status=active", "services"),
        (f"{BASE}/ServiceRequest?patient=p1", "services"),
        (f"{BASE}/ServiceRequest?patient=p1&status=draft,active", "services"),
        (f"{BASE}/Observation?patient=p1&code=http://loinc.org|1-8,http://loinc.org|2-6", "observations"),
        (f"{BASE}/Observation?code=http%3A%2F%2Floinc.org%7C2-6,1-8,3-4&patient=p1", "observations"),
        (f"{BASE}/Observation?patient=p1", "observations"),
    ],
)
def test_a_search_of_ours_or_a_wider_one(url, section):
    assert section_searched([url], QUERIES, "p1") == section


@pytest.mark.requirement("PRE-10", "PRE-16")
@pytest.mark.parametrize(
    "url",
    [
        "",
        "urn:uuid:1",
        f"{BASE}/Condition",
        f"{BASE}/Condition?_count=50",
        f"{BASE}/Condition?patient=p2",
        f"{BASE}/Condition?patient=p1,p2",
        f"{BASE}/Condition?patient=p1&subject=Patient/p2",
        f"{BASE}/Patient/p2/Condition",
        f"{BASE}/Patient/p2/Condition?patient=p1",
        f"{BASE}/Condition?patient=Group/p1",
        f"{BASE}/Condition?patient=urn:uuid:1",
        f"{BASE}/Condition?patient:missing=true",
        f"{BASE}/Condition?patient=p1&category=encounter-diagnosis",
        f"{BASE}/Condition?patient=p1&clinical-status:not=resolved",
        f"{BASE}/Condition?patient=p1&_summary=count",
        f"{BASE}/Condition?patient=p1&_count=0",
        f"{BASE}/Condition?patient=p1&_lastUpdated=gt2026",
        f"{BASE}/Condition?patient=p1&_getpages=4",
        f"{BASE}/Condition?patient=p1&_has:Observation:x=1",
        f"{BASE}/ServiceRequest?patient=p1&status=completed",
        f"{BASE}/ServiceRequest?patient=p1&status:not=active",
        f"{BASE}/Observation?patient=p1&code=http://loinc.org|1-8",
        f"{BASE}/Observation?patient=p1&code=http://loinc.org|1-8,http://loinc.org|2-6&code=x",
        f"{BASE}/Observation?patient=p1&category=laboratory",
        f"{BASE}/Slot?patient=p1",
        f"{BASE}/Patient?patient=p1",
        f"{BASE}/condition?patient=p1",
        f"{BASE}/Condition?patient=p1" + "&_count=1" * 50,
        f"{BASE}/Condition?patient=p1&_format={'x' * LONGEST}",
        "https://[broken/Condition?patient=p1",
    ],
)
def test_what_is_narrower_or_of_another_says_nothing(url):
    assert section_searched([url], QUERIES, "p1") == ""


def test_two_self_links_say_nothing():
    url = f"{BASE}/Condition?patient=p1"
    assert section_searched([url, url], QUERIES, "p1") == ""
    assert section_searched([], QUERIES, "p1") == ""


# In a call ------------------------------------------------------------------------------------------------------------

SELF = {"relation": "self", "url": f"{BASE}/Condition?patient=p1"}
OUTCOME = {"resource": {"resourceType": "OperationOutcome", "issue": [{"severity": "warning"}]}}
NOT_SENT = Unavailable(why="not-sent")
gather = make_gather(CONTENT, no_server, ZONE, lambda: TODAY, lambda *_: QUERIES)


def problems(value, **more):
    sent = prefetch()
    del sent["conditions"]
    return gather(request(bundle(order()), sent | {"site-specific-7": value} | more)).facts[0].problems


@pytest.mark.requirement("PRE-10", "PRE-14")
@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (bundle(link=[SELF]), Known()),
        (bundle(link=SELF), Known()),
        (bundle(link=[SELF], total=0), Known()),
        (bundle(link=[{"relation": "first", "url": "x"}, SELF]), Known()),
        (bundle(total=0, link=[SELF]) | {"entry": [OUTCOME | {"search": {"mode": "outcome"}}]}, Known()),
        (bundle(link=[SELF]) | {"entry": [OUTCOME]}, NOT_SENT),
        (bundle(link=[SELF], total=3), NOT_SENT),
        (bundle(link=[SELF, {"relation": "next", "url": "x"}]), NOT_SENT),
        (bundle(link=[{"relation": "first", "url": SELF["url"]}]), NOT_SENT),
        (bundle(link=[SELF | {"url": f"{BASE}/Condition?patient=p2"}]), NOT_SENT),
        (bundle(link=[{"relation": "self"}]), NOT_SENT),
        (bundle(link=[SELF | {"url": 7}]), NOT_SENT),
        (bundle(link="x"), NOT_SENT),
        (bundle(), NOT_SENT),
        (None, NOT_SENT),
        (OUTCOME["resource"], NOT_SENT),
    ],
)
def test_an_empty_bundle_under_a_key_of_the_clients_own(value, expected):
    assert problems(value) == expected


def test_only_the_first_of_very_many_are_looked_at():
    many = {f"key-{number}": bundle() for number in range(60)}
    assert problems(bundle(link=[SELF]), **many) == Known()
    sent = prefetch()
    del sent["conditions"]
    late = request(bundle(order()), sent | many | {"site-specific-7": bundle(link=[SELF])})
    assert gather(late).facts[0].problems == NOT_SENT
