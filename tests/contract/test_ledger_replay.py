"""`cds-service ledger replay`: real decisions come out as recorded, and a candidate release shows what it changes."""

import json
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from cds_service.ledger import open_ledger
from cds_service.ledger.extracts.selection import Selection, count_of, selected
from tests.contract.calls import STORIES
from tests.databases import fresh_database, sqlite_url  # noqa: F401  a fixture
from tests.ledgers import opened
from tests.recorded import fired, runner
from tests.unit.ledger.samples import KEY, decision

HOOKS = Path(__file__).parents[2] / "hooks"
FEW = ("older-adult-anxiety-spasm-60-days", "opioid-coprescription", "short-course-healthy-adult")


@pytest.fixture(scope="module")
def all_stories(tmp_path_factory):
    folder = tmp_path_factory.mktemp("stories")
    url = f"sqlite:///{folder / 'ledger.db'}"
    fired(url, folder, hooks=("order-sign", "order-select"))
    return url, folder


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def recorded(request, tmp_path_factory):
    """(URL, folder) of a ledger of a few stories, in each database."""
    folder = tmp_path_factory.mktemp("few")
    with fresh_database(request.param, folder) as url:
        fired(url, folder, FEW)
        yield url, folder


@pytest.fixture
def run(recorded, monkeypatch):
    return runner(*recorded, monkeypatch)


@pytest.fixture(scope="module")
def candidate(tmp_path_factory):
    """A release in which age begins to count later, and in which opioids are a milder matter."""
    folder = tmp_path_factory.mktemp("candidate") / "hooks"
    shutil.copytree(HOOKS, folder, ignore=shutil.ignore_patterns("__pycache__"))
    edit(folder / "rules" / "older_adult.toml", "older_age = 65 ", "older_age = 95 ")
    edit(folder / "rules" / "opioid_coprescription.toml", 'indicator = "critical"', 'indicator = "warning"')
    return folder


def edit(path, old, new):
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def test_every_story_comes_out_as_it_was_recorded(all_stories, monkeypatch):
    done = runner(*all_stories, monkeypatch)("replay", "--json")
    said = json.loads(done.stdout)
    assert said["unlike"] == {}
    assert (said["decisions"], said["same"]) == (2 * len(STORIES), 2 * len(STORIES))
    assert said["cards_before"] == said["cards_after"] > len(STORIES)
    assert done.exit_code == 0


def test_a_replay_is_recorded_as_an_access(run, recorded):
    assert run("replay", "--rule", "older-adult").exit_code == 0
    with opened(recorded[0]) as database, database.read.connect() as connection:
        rows = connection.exec_driver_sql("SELECT what, through, records FROM access").all()
    assert rows[-1] == ("replay", "command", 1)


def test_a_decision_that_was_made_up_does_not_come_out(recorded, sqlite_url, tmp_path, monkeypatch):  # noqa: F811  a fixture
    with opened(recorded[0]) as database, database.read.connect() as connection:
        (kept,) = selected(connection, Selection(rule="older-adult"))
    first, *others = kept.decision.cards
    made_up = replace(kept.decision, cards=(replace(first, summary="Nobody said so"), *others))
    with open_ledger(sqlite_url, pseudonym_key=KEY) as ledger:
        ledger.commit(made_up)
    done = runner(sqlite_url, tmp_path, monkeypatch)("replay")
    assert done.exit_code == 1
    assert "Alike     0; 1 differ" in done.output
    assert f"{made_up.id}: card {first.source.topic.code}\n" in done.output


def test_a_candidate_tells_what_it_would_change(run, candidate, recorded):
    done = run("replay", "--content", candidate, "--json")
    assert done.exit_code == 0, (done.output, done.exception)
    said = json.loads(done.stdout)
    assert said["release"]["candidate"] is True
    assert said["rules"]["older-adult"]["counts"] == {"lost": 1}
    assert said["rules"]["opioid-coprescription"]["counts"]["milder"] == 1
    (example,) = said["rules"]["older-adult"]["examples"]
    with opened(recorded[0]) as database, database.read.connect() as connection:
        (kept,) = selected(connection, Selection(rule="older-adult"))
    assert example == kept.decision.id
    done = run("replay", "--content", candidate)
    assert done.exit_code == 0, done.output
    assert "candidate release" in done.output
    assert "older-adult" in done.output


def test_decisions_of_other_releases_are_said_to_be_left_out(sqlite_url, tmp_path, monkeypatch):  # noqa: F811  a fixture
    with open_ledger(sqlite_url, pseudonym_key=KEY) as ledger:
        ledger.commit(decision())
        ledger.commit(decision(status=500))
    done = runner(sqlite_url, tmp_path, monkeypatch)("replay")
    assert done.exit_code == 1  # nothing is known about them
    assert "1 made with release 1.2.3" in done.output
    assert "1 with status 500" in done.output
    assert "None of these decisions could be replayed" in done.output


def test_selecting(run, recorded):
    with opened(recorded[0]) as database, database.read.connect() as connection:
        every = list(selected(connection, Selection()))
        first = every[0].decision
        assert [one.leaf_index for one in every] == sorted(one.leaf_index for one in every)
        asked = {
            Selection(): 3,
            Selection(limit=2): 2,
            Selection(since=first.received_at): 3,
            Selection(until=first.received_at): 0,
            Selection(card=first.cards[0].uuid): 1,
            Selection(release=first.content_version): 3,
            Selection(release=first.content_sha256[:12]): 3,
            Selection(release=first.content_sha256[:7]): 0,
            Selection(client="nobody"): 0,
            Selection(client=""): 3,
            Selection(rule="opioid-coprescription"): 1,
        }
        for selection, count in asked.items():
            assert (count_of(connection, selection), len(list(selected(connection, selection)))) == (count, count)
    assert run("replay", "--since", "2026-13-01").exit_code == 2
