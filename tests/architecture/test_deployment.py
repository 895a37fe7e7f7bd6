"""What stands in `deploy/` and the Dockerfile holds together with the service: commands, settings, ports, hardening."""

import re
import tomllib
from pathlib import Path

import click
import pytest
import yaml

from cds_service.__main__ import main
from cds_service.ledger.commands import ledger
from cds_service.settings import PREFIX, Settings

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"
MANIFESTS = sorted((DEPLOY / "kubernetes").glob("*.yaml"))
IN_TEXTS = [ROOT / "Dockerfile", *sorted(path for path in DEPLOY.rglob("*") if path.is_file())]
KINDS = {
    "Deployment": "apps/v1",
    "Service": "v1",
    "PodDisruptionBudget": "policy/v1",
    "NetworkPolicy": "networking.k8s.io/v1",
    "Job": "batch/v1",
    "Kustomization": "kustomize.config.k8s.io/v1beta1",
}


def manifests():
    return {path.stem: yaml.safe_load(path.read_text(encoding="utf-8")) for path in MANIFESTS}


def pods():
    return {
        name: one["spec"]["template"]["spec"] for name, one in manifests().items() if "template" in one.get("spec", {})
    }


def accepts(arguments):
    """Whether the command takes these arguments: it is parsed, not run."""
    command, rest = main, list(arguments)
    if rest[0] == "ledger":  # hands its arguments on
        command, rest = ledger, rest[1:]
    while isinstance(command, click.Group):
        command = command.commands[rest.pop(0)]
    command.make_context("test", rest)


@pytest.mark.parametrize("path", IN_TEXTS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_every_setting_named_there_is_one(path):
    known = {PREFIX + name.upper() for name in Settings.model_fields} | {"CDS_DATABASE_PASSWORD"}
    assert set(re.findall(r"CDS_[A-Z_]*[A-Z]", path.read_text(encoding="utf-8"))) <= known


def test_manifests_are_of_a_kind_and_all_in_the_kustomization():
    found = manifests()
    for one in found.values():
        assert KINDS[one["kind"]] == one["apiVersion"]
    listed = {Path(name).stem for name in found["kustomization"]["resources"]}
    assert listed == found.keys() - {"kustomization"}


@pytest.mark.parametrize("name", sorted(pods()))
def test_a_pod_has_no_more_rights_than_it_needs(name):
    pod = pods()[name]
    assert pod["automountServiceAccountToken"] is False
    assert pod["securityContext"]["runAsNonRoot"] is True
    for container in pod["containers"]:
        accepts(container["args"])
        security = container["securityContext"]
        assert security["allowPrivilegeEscalation"] is False
        assert security["readOnlyRootFilesystem"] is True
        assert security["capabilities"]["drop"] == ["ALL"]
        volumes = {volume["name"] for volume in pod["volumes"]}
        assert {mount["name"] for mount in container["volumeMounts"]} <= volumes


def test_the_deployment_keeps_two_replicas_and_asks_the_right_addresses():
    found = manifests()
    container = found["deployment"]["spec"]["template"]["spec"]["containers"][0]
    assert found["deployment"]["spec"]["replicas"] > found["disruption-budget"]["spec"]["minAvailable"]
    assert container["readinessProbe"]["httpGet"]["path"] == "/readyz"
    assert container["livenessProbe"]["httpGet"]["path"] == "/healthz"
    assert found["service"]["spec"]["ports"][0]["targetPort"] == container["ports"][0]["name"]
    labels = found["deployment"]["spec"]["template"]["metadata"]["labels"]
    for name in ("disruption-budget", "network-policy"):
        selector = found[name]["spec"].get("selector") or found[name]["spec"]["podSelector"]
        assert selector["matchLabels"].items() <= labels.items()


def test_compose():
    composed = yaml.safe_load((DEPLOY / "compose.yaml").read_text(encoding="utf-8"))
    service = composed["services"]["service"]
    accepts(service["command"])
    assert service["cap_drop"] == ["ALL"]
    assert composed["networks"]["inside"] == {"internal": True}
    assert all(secret.startswith("${") for name, secret in service["environment"].items() if "KEY" in name)


def test_the_unit_starts_a_command_there_is():
    unit = (DEPLOY / "systemd" / "cds-service.service").read_text(encoding="utf-8")
    (start,) = re.findall(r"^ExecStart=\S+/cds-service (.+)$", unit, re.MULTILINE)
    accepts(start.split())
    for line in ("NoNewPrivileges=yes", "ProtectSystem=strict", "CapabilityBoundingSet="):
        assert line in unit


def docker():
    text = re.sub(r"\\\n\s*", " ", (ROOT / "Dockerfile").read_text(encoding="utf-8"))
    return [line for line in text.splitlines() if line and not line.startswith("#")]


def test_the_image():
    lines = docker()
    assert [line for line in lines if line.startswith("USER")] == ["USER 10001"], "it runs as nobody in particular"
    assert all(
        ":" in line.split()[1] and not line.split()[1].endswith(":latest") for line in lines if line.startswith("FROM")
    )
    assert not any(line.startswith("ADD") for line in lines)
    assert any("--require-hashes" in line for line in lines)
    command = next(line for line in lines if line.startswith("CMD"))
    accepts(yaml.safe_load(command.removeprefix("CMD")))
    copied = {name for line in lines if line.startswith("COPY") and "--from" not in line for name in line.split()[1:-1]}
    for name in copied:
        assert (ROOT / name).exists(), name


def test_the_image_copies_all_that_the_wheel_is_made_of():
    wheel = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["hatch"]["build"]["targets"][
        "wheel"
    ]
    needed = {*wheel["packages"], *wheel["force-include"]}
    copied = " ".join(line for line in docker() if line.startswith("COPY"))
    ignored = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    for name in (one.split("/")[0] for one in needed):
        assert name in copied
        assert f"!{name}" in ignored
