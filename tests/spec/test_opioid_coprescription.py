"""Opioid and diazepam: any current opioid is critical, whoever wrote it down and in whatever form."""

import pytest

from cds_service.domain.facts import Standing
from tests.builders import drug, facts, order, partly, problem
from tests.spec.release import Example, detail, outcome, rules, said, shown

RULE = "opioid-coprescription"
SILENT = "silent: none"


def speaks(name="oxycodone"):
    return f"critical: Diazepam with an opioid ({name}): risk of profound sedation, respiratory depression and death"


def opioid(name="oxycodone", **about):
    return drug("opioids", label=name, **about)


def maintenance(name="methadone", **about):
    return drug("opioids", "maintenance-opioids", label=name, **about)


EXAMPLES = [
    Example(
        of=RULE, case="oxycodone among the prescriptions", facts=facts(medications=[opioid()]), says=speaks("oxycodone")
    ),
    Example(
        of=RULE,
        case="tramadol known only by name, from the medication list",
        facts=facts(statements=[opioid("tramadol", text=True)]),
        says=speaks("tramadol"),
    ),
    Example(
        of=RULE,
        case="morphine ordered together with the diazepam",
        facts=facts(drafts=[opioid("morphine", in_draft=True)]),
        says=speaks("morphine"),
    ),
    Example(
        of=RULE,
        case="an opioid that was stopped",
        facts=facts(medications=[opioid(standing=Standing.PAST)]),
        says=SILENT,
    ),
    Example(
        of=RULE,
        case="prescriptions not to be had, nothing on the medication list",
        facts=facts(medications="timeout"),
        says="cannot tell: medications",
    ),
]


@pytest.mark.parametrize("where", ["drafts", "medications", "statements"])
@pytest.mark.parametrize("text", [False, True])
def test_any_current_opioid_is_critical_also_when_only_its_name_is_known(where, text):
    assert said(RULE, facts(**{where: [opioid(text=text)]})) == speaks()


@pytest.mark.parametrize("standing", [Standing.PAST, Standing.NEITHER])
def test_what_is_not_taken_does_not_count(standing):
    assert said(RULE, facts(medications=[opioid(standing=standing)])) == SILENT


def test_no_opioid_is_silence():
    assert said(RULE, facts(medications=[drug("gabapentinoids")])) == SILENT


@pytest.mark.parametrize("where", ["medications", "statements"])
def test_what_could_not_be_looked_at_is_not_none(where):
    assert said(RULE, facts(**{where: "timeout"})) == f"cannot tell: {where}"
    assert said(RULE, facts(**{where: partly()})) == f"cannot tell: {where}"


def test_both_lists_unknown_are_both_named():
    assert said(RULE, facts(medications="timeout", statements="refused")) == "cannot tell: medications, statements"


def test_an_opioid_found_elsewhere_speaks_although_a_list_is_missing():
    assert said(RULE, facts(medications="timeout", statements=[opioid()])) == speaks()
    assert said(RULE, facts(medications=partly(opioid()))) == speaks()


def test_each_opioid_is_named_once_and_the_summary_names_two():
    three = [opioid("oxycodone"), opioid("Oxycodone"), opioid("morphine"), opioid("fentanyl")]
    assert said(RULE, facts(medications=three)) == speaks("oxycodone, morphine and 1 more")
    assert "oxycodone, morphine and fentanyl" in detail(RULE, facts(medications=three))


def test_the_card_says_where_and_since_when_each_opioid_is_on_record():
    patient = facts(
        medications=[opioid("oxycodone", since="2024-02-01", reference="MedicationRequest/9")],
        statements=[opioid("tramadol", since="2021-05-03", reference="MedicationStatement/4")],
        drafts=[opioid("morphine", in_draft=True, reference="MedicationRequest/draft-2")],
    )
    assert [(basis.label, basis.section, basis.date) for basis in outcome(RULE, patient).basis] == [
        ("morphine", "draft", ""),
        ("oxycodone", "medications", "since 2024-02-01"),
        ("tramadol", "statements", "since 2021-05-03"),
    ]


def test_the_detail_gives_the_boxed_warning_and_what_to_do():
    text = detail(RULE, facts(medications=[opioid()]))
    for needed in ("boxed warning", "without another choice", "lowest doses", "shortest time", "breathing", "naloxone"):
        assert needed in text


# Treatment of opioid use disorder -------------------------------------------------------------------------------------


def withhold_nothing(**about):
    return "do not withhold or stop it" in detail(RULE, facts(**about))


DISORDER = problem("opioid-use-disorder")


def test_treatment_of_opioid_use_disorder_is_not_to_be_withheld():
    assert withhold_nothing(medications=[maintenance()], problems=[DISORDER])
    assert withhold_nothing(statements=[maintenance("Suboxone", text=True)], problems=[DISORDER])


def test_a_code_that_says_what_it_is_for_is_enough():
    by_code = drug("opioids", "opioid-dependence-treatment", label="buprenorphine")
    assert withhold_nothing(medications=[by_code])


def test_when_the_disorder_could_not_be_looked_up_the_sentence_stands():
    assert withhold_nothing(medications=[maintenance()], problems="timeout")
    assert withhold_nothing(medications=[maintenance()], problems=partly())


def test_for_pain_or_with_another_opioid_it_is_not_said():
    assert not withhold_nothing(medications=[maintenance()])
    assert not withhold_nothing(medications=[maintenance()], problems=[problem("opioid-use-disorder", past=True)])
    assert not withhold_nothing(medications=[opioid()], problems=[DISORDER])


# Around it ------------------------------------------------------------------------------------------------------------


def test_nothing_but_another_choice_is_offered():
    assert rules()[RULE].offers == ("sg-cancel", "sg-taper", "sg-physio")


@pytest.mark.parametrize(
    ("reason", "left"),
    [
        ("seizure-disorders", speaks().replace("critical", "warning")),
        ("tetanus", speaks().replace("critical", "warning")),
        ("hospice-palliative", speaks().replace("critical", "warning")),
        ("alcohol-withdrawal", speaks()),
        ("sedative-withdrawal", speaks()),
        ("muscle-spasm", speaks()),
    ],
)
def test_exemptions(reason, left):
    assert shown(RULE, facts(medications=[opioid()], order=order(reasons=[reason]))) == left
