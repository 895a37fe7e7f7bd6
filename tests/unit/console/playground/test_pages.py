"""The playground over HTTP: fire, see, tell what became of a card; nothing hostile gets through or out."""

import html
import json
import logging
import re

import pytest

from cds_service.app import LEDGER, create_app
from cds_service.console.exchange import Answer
from cds_service.console.playground import firing, pages
from cds_service.console.playground.doors import Exchange
from cds_service.settings import Settings
from fhir_fixtures.build import HERE

STORY = "older-adult-spasm-30-days"
FIRED = {"mode": "story", "story": STORY, "hook": "order-sign", "version": "R4"}
REQUEST = json.loads((HERE / "r4" / STORY / "order-sign.json").read_text(encoding="utf-8"))
CANARY = "Canary-Jane-Doe"
HOSTILE = '"><script>x()</script><img src=x onerror=x()>'


def fired(client, **fields):
    return client.post("/playground", data=FIRED | fields)


def pasted(client, request):
    return client.post("/playground", data={"mode": "paste", "request": json.dumps(request)})


@pytest.mark.parametrize("mode", ["story", "patient", "paste", "nonsense"])
def test_the_form(client, mode):
    answer = client.get(f"/playground?mode={mode}")
    assert answer.status_code == 200
    assert '<form method="post" action="/playground#answer"' in answer.text
    assert "Nothing fired yet" in answer.text
    assert "https://sandbox.cds-hooks.org/?hook=order-sign" in answer.text
    assert "data-run" not in answer.text


def test_a_story_fired(client):
    answer = fired(client)
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.text.count("<article") >= 2
    for part in (
        "At most one of these may be applied",
        "What it would change",
        "boundsDuration › value",
        "Why",
        "silent rules",
    ):
        assert part in answer.text
    assert "nothing found" in answer.text
    assert f"story={STORY}" in answer.text
    assert "curl --silent" in answer.text


def test_a_link_brings_it_back_and_fires_again(client):
    (link,) = re.findall(r'id="link"[^>]*value="http://localhost([^"]*)"', fired(client).text)
    answer = client.get(html.unescape(link))
    assert f'value="{STORY}" selected' in answer.text
    assert " data-run" in answer.text


def test_every_call_gets_an_instance_of_its_own(client):
    instances = [re.search(r"&#34;hookInstance&#34;: &#34;([^&]+)", fired(client).text)[1] for _ in range(2)]
    assert len(set(instances)) == 2


def test_no_cards(client):
    answer = fired(client, story="tetanus")
    assert "nothing to say about this order" in answer.text
    assert "Right as ordered:" in answer.text


def test_a_described_patient(client, choices):
    answer = client.post(
        "/playground",
        data={
            "mode": "patient",
            "age": "81",
            "product": choices.usual_product,
            "dose": "5",
            "times": "3",
            "days": "40",
            "hook": "order-sign",
            "version": "R4",
        },
    )
    assert answer.status_code == 200
    assert "81" in answer.text
    assert "<article" in answer.text
    assert 'value="81"' in answer.text


def test_a_pasted_request(client):
    answer = pasted(client, REQUEST)
    assert answer.status_code == 200
    assert "<article" in answer.text
    (fragment,) = re.findall(
        r'id="link"[^>]*value="http://localhost/playground\?mode=paste#request=([\w-]+)"', answer.text
    )
    assert len(fragment) > 100


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({"mode": "paste", "request": "{"}, "This is not JSON"),
        (
            {"mode": "paste", "request": '{"hook": "patient-view"}'},
            "its hooks are: medication-prescribe, order-select, order-sign",
        ),
        ({"mode": "story", "story": "nope", "hook": "order-sign", "version": "R4"}, "Choose one of the stories."),
        (FIRED | {"service": "http://169.254.169.254/latest"}, "may not be called from here"),
        (FIRED | {"service": "file:///etc/passwd"}, "may not be called from here"),
    ],
)
def test_what_cannot_be_fired(client, sent, said):
    answer = client.post("/playground", data=sent)
    assert answer.status_code == 422
    assert said in html.unescape(answer.text)
    assert "<article" not in answer.text


def test_a_refusal_is_shown_in_words(client):
    answer = pasted(client, REQUEST | {"hookInstance": "x"})
    assert answer.status_code == 200
    assert "The service answered with status 422." in answer.text
    assert "hookInstance</code>" in answer.text


def test_a_refused_request_is_not_logged(client, caplog):
    with caplog.at_level(logging.DEBUG):
        pasted(client, REQUEST | {"hookInstance": CANARY})
        client.post("/playground", data={"mode": "paste", "request": "{" + CANARY})
    assert CANARY not in caplog.text


def test_a_form_beyond_all_bounds(client):
    assert client.post("/playground", data={"mode": "paste", "request": "x" * 5_000_000}).status_code == 413
    answer = client.post("/playground", data={"mode": "paste", "request": "x" * 1_500_000})
    assert answer.status_code == 422
    assert "longer than the 1,000,000" in answer.text


@pytest.mark.parametrize(
    "field", ["story", "hook", "version", "age", "product", "problems", "measured-x", "request", "service", "token"]
)
@pytest.mark.parametrize("mode", ["story", "patient", "paste"])
def test_nothing_entered_breaks_out(client, mode, field):
    for answer in (
        client.get("/playground", query_string={"mode": mode, field: HOSTILE}),
        client.post("/playground", data=FIRED | {"mode": mode, field: HOSTILE}),
    ):
        assert answer.status_code in (200, 422)
        assert "<script>x" not in answer.text
        assert "<img src=x" not in answer.text


def test_a_hostile_chart_breaks_out_nowhere(client):
    hostile = json.loads(json.dumps(REQUEST).replace("Synthetic Patient", json.dumps(HOSTILE)[1:-1]))
    hostile["context"]["draftOrders"]["entry"][0]["resource"]["medicationCodeableConcept"]["text"] = HOSTILE
    answer = pasted(client, hostile)
    assert answer.status_code == 200
    assert "<script>x" not in answer.text
    assert "<img src=x" not in answer.text


class Elsewhere:
    """A service elsewhere that answers what a test wants."""

    content, status = None, 200

    def __init__(self, base):
        self.base = base

    def call(self, hook, body, token):
        answer = Answer(status=self.status, content=self.content, milliseconds=3, media_type="application/json")
        return Exchange(service_id="theirs", url=f"{self.base}/cds-services/theirs", answer=answer)

    def feedback(self, service_id, body, token):
        return self.call("", body, token)


@pytest.fixture
def elsewhere(tmp_path, monkeypatch):
    base = "https://cds.example.org"
    app = create_app(Settings(database_url=f"sqlite:///{tmp_path}/ledger.db", playground_services=(base,)))
    door = type("Door", (Elsewhere,), {})
    monkeypatch.setattr(pages, "AllowedDoor", door)
    yield app.test_client(), base, door
    app.extensions[LEDGER].close()


def test_a_hostile_service_breaks_out_nowhere(elsewhere):
    client, base, door = elsewhere
    door.content = {
        "cards": [
            {
                "summary": HOSTILE,
                "detail": HOSTILE + "\n\n[x](javascript:x())",
                "indicator": HOSTILE,
                "uuid": HOSTILE,
                "source": {"label": HOSTILE, "url": "javascript:x()", "topic": {"code": HOSTILE}},
                "suggestions": [
                    {
                        "label": HOSTILE,
                        "uuid": HOSTILE,
                        "actions": [{"type": HOSTILE, "description": HOSTILE, "resource": {HOSTILE: HOSTILE}}],
                    },
                    None,
                ],
                "links": [{"label": HOSTILE, "url": "javascript:x()", "type": "absolute"}, 1],
                "overrideReasons": [{"code": HOSTILE, "display": HOSTILE}, []],
            },
            None,
            "x",
        ]
    }
    answer = fired(client, service=base)
    assert answer.status_code == 200
    assert "<script>x" not in answer.text
    assert "<img src=x" not in answer.text
    assert 'href="javascript' not in answer.text
    assert answer.text.count("<article") == 3
    assert "CARD-04" in answer.text
    assert "data-run" not in client.get(f"/playground?mode=story&run=1&service={base}").text


@pytest.mark.parametrize(
    ("status", "content", "said"),
    [
        (200, None, "This is no answer of CDS Hooks"),
        (200, {"cards": {}}, "This is no answer of CDS Hooks"),
        (500, None, "It sent no OperationOutcome to say why."),
        (422, {"issue": [{"diagnostics": "Send more.", "severity": "error"}, 1]}, "Send more."),
    ],
)
def test_another_service_that_fails(elsewhere, status, content, said):
    client, base, door = elsewhere
    door.status, door.content = status, content
    answer = fired(client, service=base)
    assert answer.status_code == 200
    assert said in answer.text


def test_feedback_to_another_service(elsewhere):
    client, base, door = elsewhere
    door.status = 400
    answer = client.post("/playground/feedback", data={"service": base, "service_id": "theirs", "card": "1"})
    assert "It was not recorded." in answer.text


def buttons(text):
    """The hidden fields of each form that tells what became of a card."""
    forms = re.findall(r'<form method="post" action="/playground/feedback"(.*?)</form>', text, re.DOTALL)
    return [dict(re.findall(r'name="(\w+)" value="([^"]*)"', form)) for form in forms]


@pytest.mark.parametrize("accept", ["text/html", "application/json"])
def test_accepted(app, client, accept):
    sent = next(one for one in buttons(fired(client).text) if "suggestion" in one)
    answer = client.post("/playground/feedback", data=sent, headers={"Accept": accept})
    assert answer.status_code == 200
    assert answer.mimetype == accept
    assert "Recorded." in answer.text
    told = html.unescape(answer.text) if accept == "text/html" else answer.json["asked"]
    assert '"outcome": "accepted"' in told
    assert sent["suggestion"] in told


def test_overridden_with_a_reason(client):
    text = fired(client).text
    sent = next(one for one in buttons(text) if "suggestion" not in one)
    reason = html.unescape(re.search(r'<option value="([^"|]+\|[^"]+)"', text)[1])
    answer = client.post("/playground/feedback", data=sent | {"reason": reason}, headers={"Accept": "application/json"})
    (entry,) = json.loads(answer.json["asked"])["feedback"]
    assert (entry["outcome"], entry["card"]) == ("overridden", sent["card"])
    assert entry["overrideReason"]["reason"] == dict(zip(("code", "system"), reason.split("|"), strict=True))
    assert answer.json["ok"]
    assert entry["outcomeTimestamp"].endswith("Z")


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({"service_id": "nope", "card": "1"}, "no CDS Service"),
        ({"service_id": "diazepam-order-sign", "card": ""}, "card"),
        ({"service_id": "../../x", "card": "1"}, ""),
        ({"service": "http://127.0.0.1:1", "card": "1"}, "may not be called from here"),
    ],
)
def test_feedback_that_is_refused(client, sent, said):
    answer = client.post("/playground/feedback", data=sent, headers={"Accept": "application/json"})
    assert answer.status_code == 200
    assert not answer.json["ok"]
    assert said in answer.json["said"]


def test_a_form_of_another_site_is_not_fired(client):
    answer = client.post("/playground", data=FIRED, headers={"Sec-Fetch-Site": "cross-site"})
    assert answer.status_code == 403
    assert client.post("/playground/feedback", headers={"Origin": "https://evil.example"}).status_code == 403


def test_without_open_mode_there_is_none_unless_it_is_set(tmp_path):
    from cds_service.console.playground import PLAYGROUND

    assert Settings(open_mode=True).has_playground
    assert not Settings(open_mode=False).has_playground
    assert Settings(open_mode=False, playground=True).has_playground
    app = create_app(Settings(database_url=f"sqlite:///{tmp_path}/ledger.db", playground=False))
    assert app.test_client().get("/playground").status_code == 404
    assert PLAYGROUND.about not in app.test_client().get("/").text
    app.extensions[LEDGER].close()


def test_a_token_goes_along_and_stands_in_no_link(client, monkeypatch):
    answer = fired(client, token=CANARY)
    shown = re.sub(r'<input [^>]*name="token"[^>]*>', "", answer.text)
    assert CANARY not in shown
    assert "Bearer $TOKEN" in shown


def test_long_json_is_cut(monkeypatch, client):
    monkeypatch.setattr(firing, "SHOWN", 50)
    assert "… (cut)" in fired(client).text
