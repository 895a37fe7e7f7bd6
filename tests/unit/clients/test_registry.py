"""The clients file: what it may say, and how each mistake in it is named."""

import pytest

from cds_service.clients.registry import read_registrations
from cds_service.domain.errors import SettingsBroken
from tests.unit.clients.signing import jwk, jwk_set

WHOLE = """
[[client]]
name = "ehr-a"
issuer = "https://ehr.example.org"
jwk_set_urls = ["https://ehr.example.org/jwks.json"]
jwk_set_file = "a.json"
algorithms = ["ES384"]
audiences = ["agreed"]
tenants = ["north"]
fhir_servers = ["https://ehr.example.org/fhir"]
fhir_client_id = "us"
fhir_version = "R4"
dialect = "generic"
override_reasons = { "urn:r|7" = "patient-refuses" }
override_extensions = ["org.example.reason"]
gaps = "empty"
never_sends = ["statements"]
shadow = ["pregnancy"]
thresholds = { prolonged-duration = { warning_from = 22 } }
indicators = { prolonged-duration = { months = "warning" } }
"""
SMALL = '[[client]]\nname = "ehr-a"\nissuer = "https://ehr.example.org"\njwk_set_urls = ["https://ehr.example.org/k"]\n'


def read(folder, text, **more):
    (folder / "a.json").write_bytes(jwk_set(jwk("a")))
    path = folder / "clients.toml"
    path.write_text(text)
    return read_registrations(path, dialects=frozenset({"generic", "epic"}), **more)


def fault(folder, text, **more):
    with pytest.raises(SettingsBroken) as found:
        read(folder, text, **more)
    return str(found.value)


def test_everything_it_may_say(tmp_path):
    (one,) = read(tmp_path, WHOLE)
    assert (one.name, one.issuer, one.dialect, one.gaps, one.fhir_version) == (
        "ehr-a",
        "https://ehr.example.org",
        "generic",
        "empty",
        "R4",
    )
    assert one.jwk_set_file == tmp_path / "a.json"
    assert (one.fhir_client_id, one.override_extensions) == ("us", ("org.example.reason",))
    assert one.override_reasons == {"urn:r|7": "patient-refuses"}
    assert one.tunings["prolonged-duration"].params == {"warning_from": 22}
    assert one.tunings["prolonged-duration"].indicators == {"months": "warning"}
    assert one.tunings["pregnancy"].shadow is True
    assert (one.tenants, one.audiences, one.never_sends) == ({"north"}, {"agreed"}, {"statements"})


def test_what_it_must_say(tmp_path):
    (one,) = read(tmp_path, SMALL)
    assert (one.dialect, one.gaps, one.tunings, one.fhir_servers) == ("generic", "412", {}, ())


def test_everything_in_shadow(tmp_path):
    (one,) = read(tmp_path, SMALL + 'shadow = ["*"]\n')
    assert one.all_in_shadow
    assert one.tunings == {}


@pytest.mark.parametrize(
    ("line", "named"),
    [
        ('name = "Ehr A"', "small letters"),
        ('issuer = " "', "`iss`"),
        ('fhir_client_id = " us"', "our client id"),
        ("override_reasons = { a = 1 }", "override_reasons"),
        ("jwk_set_urls = []", "jwk_set_urls or jwk_set_file"),
        ('jwk_set_urls = ["http://ehr.example.org/k"]', "https URL"),
        ('jwk_set_urls = ["https://user@ehr.example.org/k"]', "https URL"),
        ('jwk_set_file = "absent.json"', "is not there"),
        ('algorithms = ["HS256"]', "HS256"),
        ('algorithms = ["none"]', "none"),
        ("algorithms = []", "empty"),
        ('fhir_servers = ["https://ehr.example.org/fhir?x=1"]', "fhir_servers"),
        ('fhir_servers = ["ftp://ehr.example.org"]', "fhir_servers"),
        ('fhir_version = "4.0.1"', "fhir_version"),
        ('dialect = "meditech"', "no dialect meditech; there are epic, generic"),
        ('gaps = "quiet"', "gaps"),
        ('colour = "blue"', "colour"),
        ('tenants = "north"', "tenants"),
        ('issuer = "https://sandbox.cds-hooks.org"', "CDS_TEST_SETUP"),
    ],
)
def test_a_mistake_is_named(tmp_path, line, named):
    key = line.partition(" =")[0]
    kept = "\n".join(one for one in SMALL.splitlines() if not one.startswith(f"{key} ="))
    assert named in fault(tmp_path, f"{kept}\n{line}\n")


def test_all_mistakes_at_once(tmp_path):
    said = fault(tmp_path, SMALL + 'dialect = "x"\nfhir_version = "x"\n' + SMALL)
    assert said.count("\n- ") == 4  # dialect, version, the name twice, the issuer twice


def test_a_test_set_up_may_register_the_sandbox(tmp_path):
    text = SMALL.replace("https://ehr.example.org", "https://sandbox.cds-hooks.org", 1)
    assert read(tmp_path, text, public_keys_allowed=True)


@pytest.mark.parametrize("text", ["", "client = 3", "[[client]", "[[client]]\nname = 3"])
def test_what_is_no_clients_file(tmp_path, text):
    assert "clients.toml" in fault(tmp_path, text)


def test_a_file_that_is_not_there(tmp_path):
    with pytest.raises(SettingsBroken, match="cannot be read"):
        read_registrations(tmp_path / "absent.toml", dialects=frozenset())
