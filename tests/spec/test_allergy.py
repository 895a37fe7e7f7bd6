"""Allergy: which substance, how loud, and what of the record is quoted."""

import pytest

from tests.builders import allergy, facts, order, partly
from tests.spec.release import Example, detail, outcome, said, shown

RULE = "allergy"


def reaction(substance, indicator="critical"):
    return f"{indicator}: Recorded reaction to {substance}: diazepam is contraindicated in hypersensitivity"


def allergic(*value_sets, **about):
    return facts(allergies=[allergy(*value_sets, **about)])


EXAMPLES = [
    Example(
        of=RULE, case="allergy to diazepam", facts=allergic("diazepam", criticality="high"), says=reaction("diazepam")
    ),
    Example(
        of=RULE,
        case="intolerance of diazepam",
        facts=allergic("diazepam", intolerance=True),
        says=reaction("diazepam", "warning"),
    ),
    Example(
        of=RULE,
        case="allergy to lorazepam",
        facts=allergic("benzodiazepines-other", label="lorazepam"),
        says=reaction("lorazepam", "warning"),
    ),
    Example(of=RULE, case="no such allergy", facts=facts(), says="silent: none"),
    Example(of=RULE, case="allergies not sent", facts=facts(allergies="not-sent"), says="cannot tell: allergies"),
]


@pytest.mark.parametrize(
    ("about", "indicator"),
    [
        ({}, "critical"),
        ({"criticality": "high"}, "critical"),
        ({"criticality": "unable-to-assess"}, "critical"),
        ({"criticality": "low"}, "warning"),
        ({"intolerance": True}, "warning"),
        ({"intolerance": True, "criticality": "high"}, "warning"),
    ],
)
def test_an_intolerance_or_a_low_criticality_only_warns(about, indicator):
    assert said(RULE, allergic("diazepam", **about)) == reaction("diazepam", indicator)


def test_the_whole_class_includes_the_drug():
    patient = allergic("benzodiazepine-class", label="benzodiazepine", text=True)
    assert said(RULE, patient) == reaction("benzodiazepine")
    assert "names the whole class" in detail(RULE, patient)


def test_a_substance_named_only_in_text_keeps_its_full_severity():
    patient = allergic("diazepam", text=True)
    assert said(RULE, patient) == reaction("diazepam")
    assert outcome(RULE, patient).basis[0].from_text


def test_substance_reaction_and_criticality_are_quoted():
    text = detail(RULE, allergic("diazepam", reactions=["urticaria", "wheezing"], criticality="high"))
    assert "Reaction on record: urticaria and wheezing. Criticality on record: high." in text


def test_what_the_record_does_not_tell_is_not_said():
    text = detail(RULE, allergic("diazepam"))
    assert "Reaction on record" not in text
    assert "Criticality" not in text


def test_of_several_the_loudest_is_told():
    patient = facts(allergies=[allergy("benzodiazepines-other"), allergy("diazepam", criticality="high")])
    assert said(RULE, patient) == reaction("diazepam")


def test_a_record_of_both_speaks_of_the_drug_itself():
    assert said(RULE, allergic("benzodiazepines-other", "diazepam", label="diazepam")) == reaction("diazepam")


def test_an_unconfirmed_allergy_counts_and_is_called_unconfirmed():
    assert outcome(RULE, allergic("diazepam", unconfirmed=True)).basis[0].unconfirmed


def test_other_allergies_are_not_meant():
    assert said(RULE, allergic("ssri")) == "silent: none"


def test_allergies_with_gaps_tell_nothing_when_nothing_is_found():
    assert said(RULE, facts(allergies=partly())) == "cannot tell: allergies"
    assert said(RULE, facts(allergies=partly(allergy("diazepam")))) == reaction("diazepam")


@pytest.mark.parametrize("reason", ["status-epilepticus", "tetanus", "alcohol-withdrawal", "hospice-palliative"])
def test_no_exemption_quiets_an_allergy(reason):
    patient = facts(allergies=[allergy("diazepam")], order=order(reasons=[reason]))
    assert shown(RULE, patient) == reaction("diazepam")
