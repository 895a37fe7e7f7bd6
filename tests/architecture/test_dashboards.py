"""Alert rules and dashboard in `deploy/`: the rules fire when they should, and each metric they name is one we have."""

import json
import re
import subprocess
from pathlib import Path

import pytest
import yaml

from cds_service.telemetry.exposition import exposition
from cds_service.telemetry.metrics import make_metrics
from tests.acceptance.promtool import find

DEPLOY = Path(__file__).parents[2] / "deploy"
RULES = DEPLOY / "prometheus" / "rules.yaml"
BOARD = DEPLOY / "grafana" / "dashboard.json"


def rules():
    groups = yaml.safe_load(RULES.read_text(encoding="utf-8"))["groups"]
    return [rule for group in groups for rule in group["rules"]]


def expressions():
    panels = json.loads(BOARD.read_text(encoding="utf-8"))["panels"]
    yield from (target["expr"] for panel in panels for target in panel["targets"])
    yield from (rule["expr"] for rule in rules())


def samples():
    """Every name that a sample of ours may have, with the labels it takes."""
    types = re.findall(r"# TYPE (\S+) (\S+)", exposition(make_metrics(["s"], ["r"], "1", "1").registry).decode())
    for name, kind in types:
        yield from ([f"{name}_bucket", f"{name}_count", f"{name}_sum"] if kind == "histogram" else [name])


def test_each_metric_they_name_is_one_we_have():
    ours = set(samples())
    named = {name for one in expressions() for name in re.findall(r"\bcds_\w+", one)}
    assert named <= ours
    unseen = {name for name in ours - named if not name.endswith(("_sum", "_created", "_count", "_bucket"))}
    assert not unseen, "shown nowhere"


@pytest.mark.parametrize(
    "command", [["check", "rules", str(RULES)], ["test", "rules", str(RULES.with_name("rules_test.yaml"))]]
)
def test_the_rules_fire_when_they_should(command):
    ran = subprocess.run([find(), *command], capture_output=True, text=True, timeout=120, check=False)
    assert ran.returncode == 0, ran.stdout + ran.stderr


def test_each_alert_says_what_to_do():
    told = (DEPLOY / "README.md").read_text(encoding="utf-8")
    for rule in rules():
        assert f"| `{rule['alert']}` |" in told
        assert rule["labels"]["severity"] in ("page", "ticket")
