"""Whatever a service answers, the playground can draw it, judge it and say what it would change."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cds_service.app import LEDGER, create_app
from cds_service.console.conformance import findings
from cds_service.console.exchange import Answer
from cds_service.console.playground import pages
from cds_service.console.playground.answers import cards_of, issues_of
from cds_service.console.playground.changes import drafts_of
from cds_service.console.playground.doors import Exchange
from cds_service.settings import Settings

BASE = "https://cds.example.org"
FIRED = {"mode": "story", "story": "tetanus", "hook": "order-sign", "version": "R4", "service": BASE}
NAMES = ["uuid", "summary", "detail", "indicator", "source", "suggestions", "selectionBehavior", "overrideReasons"]
NAMES += ["links", "label", "url", "type", "topic", "code", "system", "display", "actions", "resource", "resourceId"]
NAMES += ["description", "isRecommended", "id", "resourceType", "appContext", "icon", "text", "coding", "systemActions"]
NAMES += ["medicationCodeableConcept", "dosageInstruction", "issue", "details", "expression", "severity", "context"]
NAMES += ["entry", "cards", "draftOrders", "<b>", ""]
WORDS = ["info", "critical", "any", "create", "update", "delete", "absolute", "<script>x</script>", "https://e.example"]
WORDS += [
    "MedicationRequest/1",
    "MedicationRequest",
    "1",
    "\ud800",
    "\x00",
    "[x](javascript:y)",
    "| a |\n|-|\n| b |",
    " ",
]
leaves = st.none() | st.booleans() | st.integers() | st.floats() | st.sampled_from(WORDS) | st.text(max_size=5)
anything = st.recursive(
    leaves,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(NAMES), inner, max_size=8),
    max_leaves=40,
)
answers = st.builds(
    lambda cards, rest: rest | {"cards": cards} if isinstance(rest, dict) else rest,
    st.lists(st.dictionaries(st.sampled_from(NAMES), anything, max_size=8) | anything, max_size=3),
    st.dictionaries(st.sampled_from(NAMES), anything, max_size=3) | anything,
)


def answer(content, status=200):
    return Answer(status=status, content=content, milliseconds=1, media_type="application/json")


@given(content=answers, request=anything, status=st.sampled_from([200, 422]))
@settings(max_examples=200, deadline=None)
def test_judged_and_drawn(content, request, status):
    drafts = drafts_of(request) | {"MedicationRequest/1": {"resourceType": "MedicationRequest", "id": "1"}}
    came = answer(content, status)
    assert all(fault.number and fault.says for fault in findings(came, drafts))
    drawn = cards_of(came, drafts)
    assert (drawn is None) == (
        status != 200 or not isinstance(content, dict) or not isinstance(content.get("cards"), list)
    )
    assert all(issue.text for issue in issues_of(came))


@pytest.fixture(scope="module")
def client(tmp_path_factory):
    folder = tmp_path_factory.mktemp("any")
    app = create_app(Settings(database_url=f"sqlite:///{folder}/ledger.db", playground_services=(BASE,)))
    yield app.test_client()
    app.extensions[LEDGER].close()


@given(content=answers)
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_shown_on_a_page_without_breaking_out(client, monkeypatch, content):
    class Door:
        def __init__(self, base):
            self.base = base

        def call(self, hook, body, token):
            return Exchange(service_id="theirs", url=f"{self.base}/cds-services/theirs", answer=answer(content))

    monkeypatch.setattr(pages, "AllowedDoor", Door)
    shown = client.post("/playground", data=FIRED)
    assert shown.status_code == 200
    assert "<script>x" not in shown.text
    assert "<b>" not in shown.text
    assert 'href="javascript' not in shown.text
