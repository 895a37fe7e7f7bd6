import re
from datetime import UTC, datetime, timedelta

import pytest

from cds_service.app import LEDGER
from tests.auditing import PASSWORDS, audited_app, sign_in, token_of

START = datetime(2026, 6, 15, 21, 30, tzinfo=UTC)
AUDITORS = (
    "/console/overview", "/console/decisions", "/console/find?id=x", "/console/decisions/x", "/console/exports",
    "/console/releases",
)  # fmt: skip
ADMINISTRATORS = ("/console/people",)
BOTH = (
    "/console/exports/x", "/console/exports/x/file", "/console/integrity", "/console/access", "/console/account",
    "/console",
)  # fmt: skip


class Clock:
    def __init__(self):
        self.now = START

    def __call__(self):
        return self.now


@pytest.fixture(scope="module")
def clock():
    return Clock()


@pytest.fixture(scope="module")
def app(tmp_path_factory, clock):
    with audited_app(tmp_path_factory.mktemp("audit"), clock) as made:
        yield made


@pytest.fixture
def client(app, clock):
    clock.now += timedelta(hours=1)  # attempts of other tests are forgotten
    return app.test_client()


@pytest.fixture
def vera(client):
    assert sign_in(client).status_code == 303
    return client


@pytest.fixture
def otto(client):
    assert sign_in(client, "otto").status_code == 303
    return client


def text(answer):
    return answer.get_data(as_text=True)


def seen(app):
    return [(one.who, one.what, one.query) for one in accesses(app)]


def accesses(app):
    from cds_service.ledger.questions.accesses import accesses as read

    return app.extensions[LEDGER]._read(lambda one: read(one, who="", below=None, at_most=50))


@pytest.mark.parametrize("path", [*AUDITORS, *ADMINISTRATORS, *BOTH])
def test_without_a_session_every_page_leads_to_the_door(client, path):
    answer = client.get(path)
    assert answer.status_code == 303
    assert answer.location.startswith("/console/sign-in?next=/console")


def test_every_page_is_among_those_tried(app):
    rules = {
        rule.rule for rule in app.url_map.iter_rules() if rule.endpoint.startswith("audit.") and "GET" in rule.methods
    }
    tried = {path.partition("?")[0].replace("/x", "/<id_>") for path in (*AUDITORS, *ADMINISTRATORS, *BOTH)}
    rest = {"/console/sign-in", "/console/decisions/<id_>/<any(proof,record):what>.json"}
    assert rules == tried | rest


@pytest.mark.parametrize("path", AUDITORS)
def test_an_administrator_reads_no_decision(otto, path):
    assert otto.get(path).status_code == 403


@pytest.mark.parametrize("path", ADMINISTRATORS)
def test_an_auditor_lets_nobody_in(vera, path):
    answer = vera.get(path)
    assert answer.status_code == 403
    assert "administrators may open it" in text(answer)


def test_whoever_is_signed_out_changes_nothing(client):
    assert client.post("/console/people/vera", data={"do": "disable"}).status_code == 403


@pytest.mark.parametrize("forged", ["", "nonsense", None])
def test_a_form_without_the_sessions_own_token_does_nothing(otto, app, forged):
    if forged is None:  # of another session
        other = app.test_client()
        sign_in(other, "otto")
        forged = token_of(other.get("/console/people"))
    answer = otto.post("/console/people/vera", data={"do": "disable", "form_token": forged})
    assert answer.status_code == 403
    assert "not from this session" in text(answer)
    assert sign_in(app.test_client()).status_code == 303


def test_a_form_of_another_site_does_nothing(otto):
    token = token_of(otto.get("/console/people"))
    for headers in ({"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://evil.example"}):
        answer = otto.post("/console/people/vera", data={"do": "disable", "form_token": token}, headers=headers)
        assert answer.status_code == 403


def test_signing_in_needs_a_token_too(client):
    assert client.post("/console/sign-in", data={"name": "vera", "password": PASSWORDS["vera"]}).status_code == 403


@pytest.mark.parametrize(
    ("name", "password"), [("vera", "wrong"), ("nobody", "wrong"), ("", ""), ("ve\0ra", "x" * 9_999)]
)
def test_who_is_refused_does_not_learn_why(client, name, password):
    answer = sign_in(client, name, password)
    assert answer.status_code == 403
    assert "do not belong together" in text(answer)
    assert "Set-Cookie" not in answer.headers or "cds-session" not in answer.headers["Set-Cookie"]


def test_after_five_attempts_the_right_password_waits(client, clock):
    for _ in range(5):
        sign_in(client, "vera", "wrong")
    assert sign_in(client).status_code == 403
    clock.now += timedelta(minutes=16)
    assert sign_in(client).status_code == 303


def test_each_sign_in_is_another_session_and_the_old_one_is_over(client):
    sign_in(client)
    first = client.get_cookie("cds-session").value
    sign_in(client)
    second = client.get_cookie("cds-session").value
    assert first != second
    client.set_cookie("cds-session", first)
    assert client.get("/console/decisions").status_code == 303


def test_a_session_somebody_else_chose_is_never_used(client):
    client.set_cookie("cds-session", "chosen")
    sign_in(client)
    assert client.get_cookie("cds-session").value != "chosen"


def test_a_session_ends_when_nobody_uses_it(vera, clock):
    clock.now += timedelta(minutes=29)
    assert vera.get("/console/decisions").status_code == 200
    clock.now += timedelta(minutes=29)
    assert vera.get("/console/decisions").status_code == 200
    clock.now += timedelta(minutes=31)
    assert vera.get("/console/decisions").status_code == 303


def test_a_session_ends_in_any_case(vera, clock):
    for _ in range(25):
        clock.now += timedelta(minutes=25)
        vera.get("/console/account")
    assert vera.get("/console/account").status_code == 303


def test_signing_out_ends_it_for_good(vera):
    secret = vera.get_cookie("cds-session").value
    vera.post("/console/sign-out", data={"form_token": token_of(vera.get("/console/account"))})
    vera.set_cookie("cds-session", secret)
    assert vera.get("/console/decisions").status_code == 303


def test_a_new_password_ends_every_session(vera, app):
    elsewhere = app.test_client()
    sign_in(elsewhere)
    new = {"old": PASSWORDS["vera"], "new": "another battery altogether", "again": "another battery altogether"}
    page = vera.get("/console/account")
    wrong = vera.post("/console/account", data=new | {"old": "wrong", "form_token": token_of(page)})
    assert wrong.status_code == 422
    short = vera.post("/console/account", data=new | {"new": "short", "again": "short", "form_token": token_of(page)})
    assert "15 to 256" in text(short)
    assert vera.post("/console/account", data=new | {"form_token": token_of(page)}).status_code == 303
    assert elsewhere.get("/console/decisions").status_code == 303
    assert sign_in(vera).status_code == 403
    assert sign_in(vera, "vera", new["new"]).status_code == 303
    back = {"old": new["new"], "new": PASSWORDS["vera"], "again": PASSWORDS["vera"]}
    vera.post("/console/account", data=back | {"form_token": token_of(vera.get("/console/account"))})


def test_an_administrator_shuts_an_account_and_opens_it_again(app, otto, clock):
    auditor = app.test_client()
    sign_in(auditor)
    form = {"form_token": token_of(otto.get("/console/people"))}
    assert otto.post("/console/people/vera", data=form | {"do": "disable"}).status_code == 303
    assert auditor.get("/console/decisions").status_code == 303
    assert sign_in(auditor).status_code == 403
    otto.post("/console/people/vera", data=form | {"do": "enable"})
    assert sign_in(auditor).status_code == 303
    otto.post("/console/people/vera", data=form | {"do": "roles", "role": "administrator"})
    sign_in(auditor)
    assert auditor.get("/console/decisions").status_code == 403
    otto.post("/console/people/vera", data=form | {"do": "roles", "role": "auditor"})
    own = otto.post("/console/people/otto", data=form | {"do": "disable"})
    assert own.status_code == 403
    assert ("otto", "account-roles", {"account": "vera", "roles": "auditor"}) in seen(app)


def test_cookies_and_headers_over_https(tmp_path, clock):
    with audited_app(tmp_path, clock, stories=(), public_url="https://cds.example.org") as app:
        client = app.test_client()
        base = {"base_url": "https://cds.example.org"}
        page = client.get("/console/sign-in", **base)
        form = {"name": "vera", "password": PASSWORDS["vera"], "form_token": token_of(page)}
        answer = client.post("/console/sign-in", data=form, **base)
        (cookie,) = [one for one in answer.headers.getlist("Set-Cookie") if "cds-session" in one]
        assert cookie.startswith("__Host-cds-session=")
        for flag in ("Secure", "HttpOnly", "SameSite=Lax", "Path=/"):
            assert flag in cookie
        assert "Domain" not in cookie
        page = client.get("/console/decisions", **base)
        assert page.headers["Cache-Control"] == "no-store"
        assert "default-src 'none'" in page.headers["Content-Security-Policy"]


def test_no_password_is_taken_in_the_clear(client):
    answer = client.get("/console/sign-in", base_url="http://cds.example.org")
    assert answer.status_code == 403
    assert "https" in text(answer)


@pytest.mark.parametrize(
    "back",
    ["https://evil.example", "//evil.example", "/\\evil.example", "/console//evil", "/elsewhere", "javascript:x"],
)
def test_after_signing_in_nobody_is_sent_elsewhere(client, back):
    assert sign_in(client, next=back).location == "/console"


def test_an_override_is_found_explained_and_proven(vera, app):
    found = vera.get("/console/decisions?outcome=overridden")
    ids = re.findall(r'href="/console/decisions/([^"?]+)"', text(found))
    assert ids
    page = text(vera.get(f"/console/decisions/{ids[0]}"))
    for said in ("Proven.", "What was shown", "What the clinician did", "overridden", "Keyed pseudonyms"):
        assert said in page
    proof = vera.get(f"/console/decisions/{ids[0]}/proof.json")
    assert "inclusion_proof" in proof.json
    assert "attachment" in proof.headers["Content-Disposition"]
    assert vera.get(f"/console/decisions/{ids[0]}/record.json").json["decision"]["id"] == ids[0]
    assert [one[1] for one in seen(app)[:4]] == ["record", "proof", "decision", "list"]
    assert all(one[0] == "vera" for one in seen(app)[:4])


def test_a_card_is_found_by_its_id(vera, app):
    card = next(card["uuid"] for cards in app.extensions["sent"].values() for card in cards)
    answer = vera.get(f"/console/find?id={card}")
    assert answer.status_code == 303
    assert card in text(vera.get(answer.location))
    assert vera.get("/console/find?id=nothing").status_code == 404


@pytest.mark.parametrize(
    "query",
    [
        "since=yesterday", "until=0001-01-01", "rule=a%20b", "indicator=loud", "outcome=x", "state=x", "after=1",
        "after=999999999999999999.1", "release=%00", "client=" + "x" * 301, "hook=<b>",
    ],
)  # fmt: skip
def test_what_cannot_be_asked_is_refused(vera, query):
    assert vera.get(f"/console/decisions?{query}").status_code == 400


def test_each_filter_finds_what_it_names_and_nothing_else(vera):
    def count(query):
        return len(re.findall(r'<th scope="row"><a', text(vera.get(f"/console/decisions?{query}"))))

    assert count("") == 3
    assert count("hook=order-sign") == 3
    assert count("hook=order-select") == 0
    assert count("rule=opioid-coprescription") == 1
    assert count("rule=opioid-coprescription&indicator=critical") == 1
    assert count("rule=opioid-coprescription&outcome=accepted") == 0
    assert count("rule=opioid-coprescription&hook=order-select") == 0
    assert count("client=-") == 3
    assert count("client=https://ehr.example") == 0
    assert count("since=2026-06-15&until=2026-06-15") == 3
    assert count("since=2026-06-16") == 0
    assert (
        count("state=silent") + count("indicator=info") + count("indicator=warning") + count("indicator=critical") >= 3
    )


def test_without_accounts_there_is_no_console(tmp_path, clock):
    from cds_service.app import create_app
    from tests.auditing import settings_in

    app = create_app(settings_in(tmp_path), clock=clock)
    try:
        assert app.test_client().get("/console/sign-in").status_code == 404
        assert "/console" not in text(app.test_client().get("/"))
    finally:
        app.extensions[LEDGER].close()


def finished(client, path):
    """The page of a work once it is done."""
    import time

    until = time.monotonic() + 60
    while time.monotonic() < until:
        page = client.get(path)
        if "Refresh" not in page.headers:
            return page
        time.sleep(0.05)
    raise AssertionError("it was never done")


KINDS = (
    "csv", "ndjson", "whole", "audit-event", "feedback", "recall", "seen", "overrides", "burden", "degraded",
)  # fmt: skip


@pytest.mark.parametrize("what", KINDS)
def test_a_copy_is_written_and_taken_by_who_asked_and_nobody_else(vera, app, what, clock):
    form = {"form_token": token_of(vera.get("/console/exports")), "what": what}
    started = vera.post("/console/exports", data=form | ({"release": "0.1.0"} if what == "recall" else {}))
    assert started.status_code == 303
    assert "Done:" in text(finished(vera, started.location))
    file = vera.get(f"{started.location}/file")
    assert file.get_data()
    assert "attachment" in file.headers["Content-Disposition"]
    assert [one[1] for one in seen(app)[:1]] == ["download"]
    file.close()
    otto = app.test_client()
    sign_in(otto, "otto")
    assert otto.get(started.location).status_code == 404
    assert otto.get(f"{started.location}/file").status_code == 404


@pytest.mark.parametrize(
    "form", [{"what": "x"}, {"what": "recall"}, {"what": "csv", "since": "x"}, {"what": "csv", "card": "a\0"}]
)
def test_what_cannot_be_written_is_refused(vera, form):
    form |= {"form_token": token_of(vera.get("/console/exports"))}
    assert vera.post("/console/exports", data=form).status_code == 400


@pytest.mark.parametrize("id_", ["x", "..", "%2e%2e%2fledger.db", "00000000-0000-0000-0000-000000000000"])
def test_no_other_file_can_be_had(vera, id_):
    assert vera.get(f"/console/exports/{id_}").status_code == 404
    assert vera.get(f"/console/exports/{id_}/file").status_code == 404


def test_the_log_is_verified_on_demand_and_certified(otto):
    page = otto.get("/console/integrity")
    started = otto.post("/console/integrity", data={"form_token": token_of(page)})
    assert "In order." in text(finished(otto, started.location))
    certificate = otto.get(f"{started.location}/file")
    assert '"in_order": true' in text(certificate)
    certificate.close()


def test_a_release_is_recalled(vera):
    page = text(vera.get("/console/releases"))
    assert "/console/decisions?release=0.1.0" in page
    assert "what=recall" in page
