"""Codes and words to value sets: aliases, ICD spelling, WHO prefixes, negation, and never the chart's own text."""

import pytest

from cds_service.domain.terminology import Coding, Concept, How, Terminology, Vocabulary, Word

ICD_CM, ICD_WHO = "icd-10-cm", "icd-10"
TERMS = Terminology(
    codes={
        ("snomed", "1"): (("stroke", "Stroke"),),
        (ICD_CM, "I63.9"): (("stroke", "Cerebral infarction"),),
        (ICD_WHO, "I64"): (("stroke", "Stroke, not specified"),),
        (ICD_CM, "F10.21"): (("remission", "in remission"),),
    },
    fallbacks={(ICD_WHO, "F10.21"): (("remission", "in remission"),)},
    prefixes={ICD_WHO: 3},
    systems={"urn:oid:1.2.3": "snomed"},
    dotted=frozenset({ICD_CM, ICD_WHO}),
    words={
        Vocabulary.PROBLEM: {
            "stroke": (Word(tokens=("stroke",), value_sets=("stroke",)),),
            "sleep": (Word(tokens=("sleep", "apnea"), value_sets=("apnea",)),),
        },
        Vocabulary.DRUG: {"ms": (Word(tokens=("ms", "contin"), value_sets=("opioids",)),)},
    },
    negations=(("no",), ("rule", "out"), ("family", "history")),
)


def classify(system="", code="", text="", display="", vocabulary=Vocabulary.PROBLEM, **more):
    codings = (TERMS.canonical(system, code, display),) if system or code or display else ()
    return TERMS.classify(Concept(codings=codings, text=text), vocabulary, **more)


@pytest.mark.parametrize(
    ("system", "code"),
    [
        ("snomed", "1"),
        (" urn:oid:1.2.3 ", " 1 "),
        (ICD_CM, "I63.9"),
        (ICD_CM, "i639"),
        (ICD_WHO, "I64"),
        (ICD_WHO, "I64.9"),
    ],
)
def test_codes_match_whatever_their_spelling(system, code):
    assert classify(system, code)["stroke"].how is How.CODE


@pytest.mark.parametrize(
    ("system", "code"), [(ICD_CM, "I63.91"), (ICD_CM, "I63"), ("other", "1"), (ICD_WHO, "I6"), (ICD_WHO, "F10.211")]
)
def test_icd_10_cm_never_matches_by_prefix(system, code):
    assert not classify(system, code)


def test_who_codes_fall_back_to_exact_rows_of_sets_without_who_rows():
    assert "remission" in classify(ICD_WHO, "f1021")


@pytest.mark.parametrize("text", ["Stroke", "acute STROKE 2025", "old stroke, left", "stroke"])
def test_words_match_whole_words_in_any_case(text):
    assert classify(text=text)["stroke"].how is How.TEXT


@pytest.mark.parametrize(
    "text",
    ["no stroke", "No evidence of stroke", "rule out stroke", "family history of stroke", "strokes", "heatstroke"],
)
def test_negated_or_partial_words_do_not_match(text):
    assert not classify(text=text)


def test_a_negation_further_away_does_not_reach():
    assert classify(text="no fever but then an acute stroke")


def test_phrases_need_all_their_words():
    assert classify(text="sleep apnea")
    assert not classify(text="sleep disorder")
    assert classify(text="MS-Contin 15 mg", vocabulary=Vocabulary.DRUG)


def test_a_coded_problem_is_not_read_by_its_words_when_asked():
    assert not classify("other", "9", text="stroke", words_only_without_codes=True)
    assert classify(display="stroke", words_only_without_codes=True)


def test_labels_are_ours_and_never_the_charts():
    assert classify("snomed", "1", display="Jane's stroke")["stroke"].label == "Stroke"
    assert classify(text="stroke of Jane Doe")["stroke"].label == "stroke"


def test_a_novel_is_not_a_label():
    assert not classify(text="x " * 5_000 + "stroke")


def test_coding_is_kept_in_canonical_form():
    assert TERMS.canonical(ICD_CM, " i639 ") == Coding(system=ICD_CM, code="I63.9")
