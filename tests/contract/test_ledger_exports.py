"""What is exported and reported: read back, and counted against the ledger; in both databases."""

import csv
import hashlib
import io
import json
from dataclasses import replace

import pytest
from fhir.resources.R4B.auditevent import AuditEvent

from cds_service.ledger import open_ledger
from cds_service.ledger.extracts import figures
from cds_service.ledger.extracts.rows_out import BYTE_ORDER_MARK, cell
from cds_service.ledger.extracts.selection import Selection
from tests.databases import fresh_database
from tests.ledgers import opened
from tests.recorded import AUDITED, fired, runner
from tests.unit.ledger.samples import KEY, card, decision, feedback

FEW = ("older-adult-anxiety-spasm-60-days", "opioid-coprescription", "short-course-healthy-adult")
MEAN = '=HYPERLINK("http://x.example","see")'


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def recorded(request, tmp_path_factory):
    """(URL, folder) of a ledger: a few stories, a decision of another release with a mean text, one in shadow."""
    folder = tmp_path_factory.mktemp("few")
    with fresh_database(request.param, folder) as url:
        fired(url, folder, FEW)
        with open_ledger(url, pseudonym_key=KEY) as ledger:
            ledger.commit(decision(cards=(replace(card(), summary=MEAN),)))
            ledger.commit(decision(mode="shadow"))
            ledger.commit_feedback((feedback("nobody's"),))
        yield url, folder


@pytest.fixture
def run(recorded, monkeypatch):
    return runner(*recorded, monkeypatch)


def rows_of(done):
    assert done.exit_code == 0, (done.output, done.exception)
    text = done.stdout_bytes.decode()
    assert text.startswith(BYTE_ORDER_MARK)
    return list(csv.DictReader(io.StringIO(text.removeprefix(BYTE_ORDER_MARK))))


def lines_of(done):
    assert done.exit_code == 0, (done.output, done.exception)
    return [json.loads(line) for line in done.stdout.splitlines()]


def count(recorded, query):
    with opened(recorded[0]) as database, database.read.connect() as connection:
        return connection.exec_driver_sql(query).scalar_one()


def test_csv_has_every_card_and_every_decision(run, recorded):
    rows = rows_of(run("export", "--format", "csv"))
    assert len({row["decision"] for row in rows}) == count(recorded, "SELECT count(*) FROM decisions") == 5
    assert len([row for row in rows if row["card"]]) == count(recorded, "SELECT count(*) FROM cards")


def test_no_cell_is_a_formula(run):
    (row,) = [row for row in rows_of(run("export", "--format", "csv")) if "HYPERLINK" in row["summary"]]
    assert row["summary"] == f"'{MEAN}"


@pytest.mark.parametrize("text", ["=1", "+1", "-1", "@x", "\t=1", "\r=1", "\n=1", " =1", "'=1", "\uff1d1"])
def test_cells_that_a_spreadsheet_would_reckon_out_begin_with_an_apostrophe(text):
    assert cell(text) == f"'{text}"


def test_plain_values_stay_as_they_are():
    assert [cell(value) for value in ("a=b", -1, 1.5, True, None)] == ["a=b", "-1", "1.5", "yes", ""]


def test_ndjson_of_a_selection_holds_the_records_as_they_were_hashed(run):
    head, *lines = lines_of(run("export", "--rule", "opioid-coprescription"))
    assert head == {"selection": {"rule": "opioid-coprescription"}}
    assert len(lines) == 1
    canonical = json.dumps(lines[0]["record"], sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
    assert hashlib.sha256(b"\0" + canonical).hexdigest() == lines[0]["leaf_hash"]


def test_every_decision_and_access_is_a_valid_audit_event(run, recorded):
    events = lines_of(run("export", "--format", "audit-event"))
    for event in events:
        AuditEvent.model_validate(event)
    executed = [event for event in events if event["action"] == "E"]
    assert len(executed) == 5
    assert len(events) - 5 == count(recorded, "SELECT count(*) FROM access")
    assert {agent["type"]["coding"][0]["code"] for agent in executed[0]["agent"]} == {"110152", "110153", "IRCP"}
    assert lines_of(run("export", "--format", "audit-event", "--rule", "nothing")) == []


def test_the_feedback_export_tells_what_was_done_about_which_intervention(run, recorded):
    rows = rows_of(run("export", "--format", "feedback"))
    assert len(rows) == count(recorded, "SELECT count(*) FROM feedback WHERE NOT orphan") > 2
    assert {row["action_taken"] for row in rows} == {"accepted", "overridden"}
    for row in rows:
        asked = (row[name] for name in ("intervention", "action_taken", "user", "date", "decision"))
        assert all(asked), row
        assert row["user_feedback"] in ("", row["user_feedback_code"])  # HL7's code, and the code as sent
    assert any(row["user_feedback"] for row in rows)


def test_a_recall_list_has_every_decision_of_the_release(run, recorded):
    assert run("export", "--format", "recall").exit_code == 2
    rows = rows_of(run("export", "--format", "recall", "--release", "1.2.3"))
    assert len(rows) == count(recorded, "SELECT count(*) FROM decisions WHERE content_version = '1.2.3'") == 2
    assert [row["cards_shown"] for row in rows] == ["older-adult", ""]  # nobody saw what was in shadow


def test_the_sources_sheet_has_thirteen_attributes_of_everything(run):
    rows = rows_of(run("export", "--format", "sources"))
    by_id = {}
    for row in rows:
        by_id.setdefault(row["id"], []).append(int(row["number"]))
    assert {"older-adult", "sg-baclofen"} <= by_id.keys()
    assert all(sorted(numbers) == list(range(1, 14)) for numbers in by_id.values())


def test_every_export_and_report_is_recorded(run, recorded):
    before = count(recorded, "SELECT count(*) FROM access")
    run("export", "--format", "csv", "--rule", "older-adult")
    run("report", "seen")
    run("export", "--format", "sources")
    run("export", "--format", "csv", "--unrecorded")
    assert count(recorded, "SELECT count(*) FROM access") == before + 3


# Reports --------------------------------------------------------------------------------------------------------------


def test_who_saw_what(run, recorded):
    rows = rows_of(run("report", "seen"))
    shown = "SELECT count(*) FROM cards JOIN decisions ON cards.leaf_index = decisions.leaf_index WHERE mode = 'live'"
    assert len(rows) == count(recorded, shown)
    assert {row["outcome"] for row in rows} == {"accepted", "overridden", ""}
    assert {row["rule"] for row in rows_of(run("report", "seen", "--rule", "older-adult"))} == {"older-adult"}


def test_pages_are_read_one_after_another(recorded, monkeypatch):
    monkeypatch.setattr(figures, "PAGE", 2)
    with opened(recorded[0]) as database, database.read.connect() as connection:
        cards = list(figures.every_card(connection, Selection()))
        degraded = list(figures.every_page(lambda below: figures.lessened(connection, Selection(), below)))
        said = list(figures.every_page(lambda below: figures.fed_back(connection, Selection(), below)))
    places = [(one.leaf_index, one.position) for one in cards]
    assert places == sorted(set(places), reverse=True)
    assert len(cards) > 4
    assert len(degraded) >= 2
    assert len({one.leaf_index for one in said}) == len(said) > 2


def test_burden_accounts_for_every_card(run):
    rows = rows_of(run("report", "burden"))
    seen = rows_of(run("report", "seen"))
    assert sum(int(row["shown"]) for row in rows) == len(seen)
    for row in rows:
        assert int(row["shown"]) == sum(int(row[name]) for name in ("accepted", "overridden", "ignored", "open"))
        assert float(row["per_100_orders"]) == 25 * int(row["shown"])  # four orders in live decisions
    assert sum(int(row["ignored"]) for row in rows) > 0


def test_what_is_not_old_enough_is_not_ignored(recorded):
    with opened(recorded[0]) as database, database.read.connect() as connection:
        soon = figures.burden(connection, Selection(), AUDITED.replace(month=6, day=15))
    assert sum(one.ignored for one in soon) == 0
    assert sum(one.open for one in soon) > 0


def test_override_reasons_by_rule(run, recorded):
    rows = rows_of(run("report", "overrides"))
    overridden = "SELECT count(*) FROM feedback WHERE outcome = 'overridden' AND NOT orphan"
    assert sum(int(row["times"]) for row in rows) == count(recorded, overridden) > 0
    assert any(row["reason"] for row in rows)
    for row in rows:
        is_standard = row["system"].startswith("http://terminology.hl7.org/")
        assert row["mapped"] == (row["reason"] if is_standard else "")
    assert any(row["mapped"] for row in rows)


def test_degraded_decisions(run):
    lines = lines_of(run("report", "degraded", "--format", "ndjson"))
    assert {line["degraded"] for line in lines} <= {True, False}
    assert len([line for line in lines if line["incomplete"]]) >= 2
    assert run("report", "degraded", "--limit", 3).exit_code == 2
