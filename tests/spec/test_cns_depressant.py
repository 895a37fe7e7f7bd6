"""Other sedating drugs: which count, which have rules of their own, and what older adults are told besides."""

import pytest

from cds_service.domain.facts import Standing
from tests.builders import age, drug, facts, order, partly
from tests.spec.release import Example, detail, outcome, rules, said, shown

RULE = "cns-depressant"
SILENT = "silent: none"
SEDATING = (
    "z-drugs",
    "barbiturates",
    "gabapentinoids",
    "sedating-antihistamines",
    "antipsychotics",
    "tricyclics",
    "muscle-relaxants-other",
    "cyclobenzaprine",
    "baclofen",
    "baclofen-intrathecal",
    "tizanidine",
    "other-sedatives",
    "alpha2-agonists",
)
THREE = "three or more drugs acting on the brain"
GABAPENTINOID = "serious breathing problems"


def speaks(names):
    return f"warning: Diazepam adds to the sedation of {names}: avoid, or reduce and monitor"


def taking(*names, **about):
    return facts(medications=[drug(name, label=f"a {name}") for name in names], **about)


EXAMPLES = [
    Example(
        of=RULE,
        case="zolpidem at night",
        facts=facts(medications=[drug("z-drugs", label="zolpidem")]),
        says=speaks("zolpidem"),
    ),
    Example(
        of=RULE,
        case="gabapentin as prescribed and quetiapine as the patient says",
        facts=facts(
            medications=[drug("gabapentinoids", label="gabapentin")],
            statements=[drug("antipsychotics", label="quetiapine")],
        ),
        says=speaks("gabapentin and quetiapine"),
    ),
    Example(
        of=RULE,
        case="an opioid and lorazepam only, which have rules of their own",
        facts=taking("opioids", "benzodiazepines-other"),
        says=SILENT,
    ),
    Example(
        of=RULE,
        case="cyclobenzaprine that was finished in spring",
        facts=facts(medications=[drug("cyclobenzaprine", standing=Standing.PAST)]),
        says=SILENT,
    ),
    Example(
        of=RULE,
        case="medication list unreadable in part, nothing among the prescriptions",
        facts=facts(statements=partly()),
        says="cannot tell: statements",
    ),
]


@pytest.mark.parametrize("kind", SEDATING)
@pytest.mark.parametrize("where", ["drafts", "medications", "statements"])
def test_every_sedating_class_counts_wherever_it_stands(kind, where):
    assert said(RULE, facts(**{where: [drug(kind, label="it")]})) == speaks("it")


def test_the_classes_are_those_of_the_rule():
    assert rules()[RULE].params.sedating == SEDATING


@pytest.mark.parametrize("kind", ["ssri", "snris", "antiepileptics", "anticholinergics", "buspirone"])
def test_other_drugs_do_not(kind):
    assert said(RULE, taking(kind)) == SILENT


def test_a_drug_that_also_is_an_opioid_or_a_benzodiazepine_is_not_repeated():
    combined = [drug("barbiturates", "opioids", label="butalbital"), drug("tricyclics", "benzodiazepines-other")]
    assert said(RULE, facts(medications=combined)) == SILENT
    assert said(RULE, facts(medications=[*combined, drug("z-drugs", label="zolpidem")])) == speaks("zolpidem")


@pytest.mark.parametrize("standing", [Standing.PAST, Standing.NEITHER])
def test_what_is_not_taken_does_not_count(standing):
    assert said(RULE, facts(medications=[drug("z-drugs", standing=standing)])) == SILENT


@pytest.mark.parametrize("where", ["medications", "statements"])
@pytest.mark.parametrize("section", ["timeout", partly()])
def test_what_could_not_be_looked_at_is_not_none(where, section):
    assert said(RULE, facts(**{where: section})) == f"cannot tell: {where}"


def test_one_found_elsewhere_speaks_although_a_list_is_missing():
    assert said(RULE, facts(medications="timeout", statements=[drug("z-drugs", label="zolpidem")])) == speaks(
        "zolpidem"
    )


def test_a_name_alone_is_enough():
    patient = facts(statements=[drug("z-drugs", label="Ambien", text=True)])
    assert said(RULE, patient) == speaks("Ambien")
    assert outcome(RULE, patient).basis[0].from_text


def test_the_summary_names_two_and_counts_the_rest_the_detail_names_all():
    four = facts(medications=[drug("z-drugs", label=name) for name in ("A", "B", "C", "D")])
    assert said(RULE, four) == speaks("A, B and 2 more")
    assert "A, B, C and D" in detail(RULE, four)


def test_a_prescription_and_the_statement_about_it_are_one_drug():
    both = facts(
        medications=[drug("gabapentinoids", label="gabapentin")],
        statements=[drug("gabapentinoids", label="Gabapentin")],
    )
    assert said(RULE, both) == speaks("gabapentin")


def test_the_detail_names_what_is_at_risk_and_asks_for_counselling():
    text = detail(RULE, taking("z-drugs"))
    for needed in ("driving", "falls", "breathing", "counsel"):
        assert needed in text


def test_gabapentinoids_carry_the_breathing_warning():
    assert GABAPENTINOID in detail(RULE, taking("gabapentinoids"))
    assert GABAPENTINOID not in detail(RULE, taking("z-drugs"))


def test_cyclobenzaprine_is_to_be_stopped_first():
    assert "stop it before diazepam takes its place" in detail(RULE, taking("cyclobenzaprine"))


# Three drugs acting on the brain --------------------------------------------------------------------------------------


@pytest.mark.parametrize("other", ["opioids", "benzodiazepines-other", "ssri", "snris", "antiepileptics", "tricyclics"])
def test_an_older_adult_on_three_with_diazepam_is_told_so(other):
    assert THREE in detail(RULE, taking("z-drugs", other, age=70))


def test_two_with_diazepam_are_not_three():
    assert THREE not in detail(RULE, taking("z-drugs", age=70))
    assert THREE not in detail(RULE, taking("z-drugs", "buspirone", age=70))


def test_a_drug_in_two_lists_counts_once():
    twice = facts(age=70, medications=[drug("z-drugs", label="it")], statements=[drug("z-drugs", label="it")])
    assert THREE not in detail(RULE, twice)


@pytest.mark.parametrize(
    ("years", "told"),
    [(64, False), (65, True), (age(64, maximum=65), True), (age(63, maximum=64), False), (None, False)],
)
def test_it_is_told_from_65_also_when_only_possible(years, told):
    assert (THREE in detail(RULE, taking("z-drugs", "ssri", age=years))) is told


# Around it ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("reason", "left"),
    [
        ("seizure-disorders", speaks("a z-drugs").replace("warning", "info")),
        ("tetanus", "exempt: X-TETANUS"),
        ("hospice-palliative", speaks("a z-drugs").replace("warning", "info")),
        ("alcohol-withdrawal", speaks("a z-drugs")),
        ("muscle-spasm", speaks("a z-drugs")),
    ],
)
def test_exemptions(reason, left):
    assert shown(RULE, taking("z-drugs", order=order(reasons=[reason]))) == left
