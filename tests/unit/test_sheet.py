"""Registration sheets: everything that must be typed in stands on them, derived from the service itself."""

import json

import pytest

from cds_service.__main__ import main
from cds_service.app import registration_sheet
from cds_service.dialects.fit import families
from cds_service.domain.errors import SettingsBroken
from tests.acceptance.conftest import make_service

BASE = "https://cds.example.org"


@pytest.mark.parametrize("family", sorted(families()))
def test_it_holds_what_discovery_says(family, tmp_path):
    text = registration_sheet(family, BASE)
    listed = json.loads(make_service(tmp_path).test_client().get("/cds-services").data)["services"]
    for service in listed:
        assert f"`{BASE}/cds-services/{service['id']}`" in text
        assert f"`{BASE}/cds-services/{service['id']}/feedback`" in text
        for key, template in service["prefetch"].items():
            assert f"`{key}`" in text
            assert template in text
    assert "patient/Condition.read" in text
    assert f'dialect = "{family}"' in text
    assert "`override_reasons`" in text
    assert "fhir_client_id" in text
    assert "`fhirAuthorization.subject`" in text


@pytest.mark.parametrize(
    ("version", "orders", "services"),
    [("DSTU2", "MedicationOrder", "ProcedureRequest"), ("STU3", "MedicationRequest", "ProcedureRequest")],
)
def test_it_speaks_the_version_of_the_client(version, orders, services):
    text = registration_sheet("generic", BASE, version)
    for kind in (orders, services):
        assert f"{kind}?patient={{{{context.patientId}}}}" in text
        assert f"patient/{kind}.read" in text
    assert "ServiceRequest" not in text


def test_an_unknown_family_is_named_with_those_there_are():
    with pytest.raises(SettingsBroken, match="epic"):
        registration_sheet("meditech", BASE)


def test_the_command(capsys):
    with pytest.raises(SystemExit) as stopped:
        main(["register-sheet", "--client", "epic", "--url", BASE])
    assert stopped.value.code == 0
    assert "# Registering with Epic" in capsys.readouterr().out
