"""Every story can be explained, with every silence, gap and refusal in words."""

import json
import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from cds_service.__main__ import main
from cds_service.app import rehearse
from cds_service.domain.errors import DataMissing, NotConformant, UnknownService
from cds_service.domain.trace import State
from cds_service.settings import Settings

STORIES = Path(__file__).parents[2] / "fhir_fixtures" / "r4"
NAMES = sorted(path.name for path in STORIES.iterdir() if path.is_dir())
TOKEN = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*(?::.*)?")


def request_of(story):
    return json.loads((STORIES / story / "order-sign.json").read_text(encoding="utf-8"))


def rehearsed(request):
    return rehearse(Settings(), request["hook"], json.dumps(request).encode())


@pytest.mark.parametrize("story", NAMES)
def test_no_token_is_left_without_words(story):
    for order in rehearsed(request_of(story)):
        assert len(order.rules) > 20
        told = [one.because for one in (*order.rules, *order.alternatives, *order.exemptions) if one.because]
        told += [section.unavailable for section in order.sections if section.unavailable]
        assert [because for because in told if TOKEN.fullmatch(because)] == []
        assert all(rule.says for rule in order.rules if rule.state is State.SPEAKS)
        assert all(rule.because for rule in order.rules if rule.state is not State.SPEAKS)
        assert not any(rule.state is State.FAILED for rule in order.rules)


def test_the_command_prints_it_and_leaves_no_record(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    done = CliRunner().invoke(main, ["explain", "older-adult-spasm-30-days"])
    assert done.exit_code == 0
    assert "older-adult" in done.output
    assert list(tmp_path.iterdir()) == []


def test_what_cannot_be_explained_says_why(tmp_path):
    request = request_of("older-adult-spasm-30-days")
    with pytest.raises(UnknownService):
        rehearsed(request | {"hook": "patient-view"})
    with pytest.raises(NotConformant):
        rehearsed({name: value for name, value in request.items() if name != "context"})
    request.pop("prefetch")
    with pytest.raises(DataMissing):
        rehearsed(request)
    path = tmp_path / "request.json"
    path.write_text(json.dumps(request))
    done = CliRunner().invoke(main, ["explain", str(path)])
    assert done.exit_code == 1
