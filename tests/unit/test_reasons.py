"""Override reasons in HL7's codes: mapped where somebody has said how, never guessed."""

import re

import pytest

from cds_service.content.load import load
from cds_service.dialects.fit import families, read
from cds_service.dialects.reasons import Meaning, Overriding, reason_table
from cds_service.domain.client import Registration
from cds_service.domain.reasons import StandardReasons
from cds_service.settings import PACKAGED_CONTENT

HL7 = "http://terminology.hl7.org/CodeSystem/non-adherence-reason-codes"
OURS = "urn:x-diazepam-cds:override-reason"
STANDARD = StandardReasons(system=HL7, codes=frozenset({"risk-benefit-ratio", "patient-refuses"}))


@pytest.fixture(scope="module")
def content():
    return load(PACKAGED_CONTENT)


def table(told=None, faults=None, **registered):
    found = [] if faults is None else faults
    made = reason_table(
        told or Overriding(), Registration(name="ehr", issuer="https://x", **registered), STANDARD, found
    )
    assert faults is not None or not found
    return made


def test_the_release_knows_the_whole_code_system(content):
    standard = content.standard_reasons
    assert standard.system == HL7
    assert len(standard.codes) == 35  # 6 categories, 29 reasons in them
    assert {code for code, one in content.override_reasons.items() if one.system == HL7} < standard.codes
    assert not {code for code, one in content.override_reasons.items() if one.system == OURS} & standard.codes


@pytest.mark.parametrize("family", sorted(families()))
def test_every_family_maps_to_codes_there_are(family, content):
    faults = []
    told = read(family).feedback
    reason_table(told, Registration(name="x", issuer="x"), content.standard_reasons, faults)
    assert faults == []


@pytest.mark.parametrize("family", sorted(families()))
@pytest.mark.parametrize(
    ("system", "code", "mapped"),
    [
        (HL7, "risk-benefit-ratio", "risk-benefit-ratio"),
        (HL7, "Risk-Benefit-Ratio", ""),  # the code system minds letter case
        (HL7, "of-nobody", ""),
        (OURS, "end-of-life", ""),  # HL7 has no concept for it
        ("urn:another", "risk-benefit-ratio", ""),
        ("", "end-of-life", ""),
        ("", "", ""),
        (HL7, "", ""),
    ],
)
def test_what_is_the_same_everywhere(family, system, code, mapped, content):
    made = reason_table(read(family).feedback, Registration(name="x", issuer="x"), content.standard_reasons, [])
    assert made.standard_code(system, code) == mapped


@pytest.mark.parametrize(
    ("family", "mapped"),
    [("sandbox", True), ("epic", True), ("generic", False), ("cerner", False), ("athena", False), ("medplum", False)],
)
def test_a_code_without_a_system_counts_only_where_the_family_is_known_to_leave_it_out(family, mapped, content):
    made = reason_table(read(family).feedback, Registration(name="x", issuer="x"), content.standard_reasons, [])
    assert made.standard_code("", "expert-contradicts") == ("expert-contradicts" if mapped else "")


def test_a_family_and_a_client_say_what_their_codes_mean_the_client_last():
    told = Overriding(
        reasons=(
            Meaning(system="urn:ehr", code="7", means="patient-refuses"),
            Meaning(system="urn:ehr", code="8", means="patient-refuses"),
        )
    )
    made = table(
        told, override_reasons={"urn:ehr|7": "risk-benefit-ratio", "9": "patient-refuses", "urn|x|1": "patient-refuses"}
    )
    assert made.standard_code("urn:ehr", "7") == "risk-benefit-ratio"
    assert made.standard_code("urn:ehr", "8") == "patient-refuses"
    assert made.standard_code("", "9") == "patient-refuses"
    assert made.standard_code("urn|x", "1") == "patient-refuses"
    assert made.standard_code("", "7") == ""


def test_a_meaning_that_hl7_has_not_is_refused():
    faults = []
    table(faults=faults, override_reasons={"urn:ehr|7": "because"})
    assert re.fullmatch(r"client ehr: the override reason 7 cannot mean because, .* patient-refuses, .*", faults[0])


def test_extensions_of_the_client_stand_before_those_of_its_family():
    assert table(Overriding(extensions=("a", "b")), override_extensions=("b", "c")).extensions == ("b", "c", "a")
