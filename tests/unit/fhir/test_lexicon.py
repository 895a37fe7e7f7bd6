"""The short way past what no value set holds agrees with the long one."""

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cds_service.fhir.datatypes import CodeableConcept
from cds_service.fhir.elements import concept
from cds_service.fhir.lexicon import lexicon
from tests.unit.fhir.content import CONTENT, ICD, LOINC, SNOMED, TERMINOLOGY, WHO

LEXICON = lexicon(CONTENT)
SYSTEMS = [SNOMED, LOINC, ICD, WHO, f" {SNOMED}", "urn:oid:2.16.840.1.113883.6.96", "urn:local", ""]
CODES = ["230690007", " 230690007", "1", "F41.1", "f41.1", "F411", "F41.10", "I64.9", "Z00", "2160-0", "29463-7 ", ""]
CODING = st.fixed_dictionaries({"system": st.sampled_from(SYSTEMS), "code": st.sampled_from(CODES)})


@settings(max_examples=300)
@given(st.lists(CODING, max_size=3), st.sampled_from(["", "myasthenia gravis"]))
def test_what_is_unlisted_is_in_no_value_set(codings, text):
    coded = msgspec.convert({"coding": codings, "text": text}, CodeableConcept)
    if LEXICON.is_unlisted(coded):
        named = concept(coded, TERMINOLOGY)
        assert LEXICON.problem(named) == {}
        assert LEXICON.coded(named, LEXICON.watched) == {}


@pytest.mark.parametrize(
    ("system", "code", "unlisted"),
    [
        (SNOMED, "1", True),
        (LOINC, "1-8", True),
        (ICD, "Z00.0", True),
        (SNOMED, "230690007", False),
        (ICD, "z00.0", False),  # to be read
        (ICD, "Z000", False),
        (WHO, "Z00.0", False),  # matches by prefix
        ("urn:local", "1", False),
        (SNOMED, "", False),
    ],
)
def test_most_of_a_record_is_passed_by(system, code, unlisted):
    coded = msgspec.convert({"coding": [{"system": system, "code": code}]}, CodeableConcept)
    assert LEXICON.is_unlisted(coded) is unlisted
    assert not LEXICON.is_unlisted(None)
    assert not LEXICON.is_unlisted(CodeableConcept(text="x"))
