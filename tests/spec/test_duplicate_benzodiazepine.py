"""A second benzodiazepine: another one, or another running order of diazepam that this one does not renew.

Orders are of 2026-06-15: what ends up to 2026-06-22 counts as the order being renewed.
"""

import pytest

from cds_service.domain.facts import Standing
from tests.builders import drug, facts, order, partly, running
from tests.spec.release import Example, detail, outcome, rules, said, shown

RULE = "duplicate-benzodiazepine"
SILENT = "silent: none"
ALSO_RUNNING = "Another diazepam order on record runs on as well"


def speaks(name):
    return f"warning: Another benzodiazepine is active ({name}): avoid taking two"


def other(name="lorazepam", **about):
    return drug("benzodiazepines-other", label=name, **about)


NAYZILAM = drug("benzodiazepines-other", "rescue-benzodiazepines", label="Nayzilam")

EXAMPLES = [
    Example(of=RULE, case="lorazepam at bedtime", facts=facts(medications=[other()]), says=speaks("lorazepam")),
    Example(
        of=RULE,
        case="another diazepam prescription that runs until the end of the year",
        facts=facts(running=[running(ends="2026-12-31")]),
        says=speaks("diazepam"),
    ),
    Example(
        of=RULE,
        case="the last diazepam prescription ends in four days: it is being renewed",
        facts=facts(running=[running(ends="2026-06-19")]),
        says=SILENT,
    ),
    Example(
        of=RULE,
        case="a nasal spray of midazolam kept for seizures",
        facts=facts(medications=[NAYZILAM]),
        says=SILENT,
    ),
    Example(
        of=RULE,
        case="prescriptions not to be had",
        facts=facts(medications="refused"),
        says="cannot tell: medications",
    ),
]


@pytest.mark.parametrize("where", ["drafts", "medications", "statements"])
def test_another_benzodiazepine_warns_wherever_it_stands(where):
    assert said(RULE, facts(**{where: [other()]})) == speaks("lorazepam")


@pytest.mark.parametrize("standing", [Standing.PAST, Standing.NEITHER])
def test_what_is_not_taken_does_not_count(standing):
    assert said(RULE, facts(medications=[other(standing=standing)])) == SILENT


def test_a_name_alone_is_enough():
    patient = facts(statements=[other("Xanax", text=True)])
    assert said(RULE, patient) == speaks("Xanax")
    assert outcome(RULE, patient).basis[0].from_text


@pytest.mark.parametrize(
    ("ends", "says"),
    [
        ("2026-06-15", SILENT),
        ("2026-06-22", SILENT),
        ("2026-06-23", speaks("diazepam")),
        (None, SILENT),  # no end known: taken as the order being renewed
    ],
)
def test_a_running_diazepam_order_counts_when_it_ends_more_than_seven_days_on(ends, says):
    assert said(RULE, facts(running=[running(ends=ends)])) == says


def test_the_order_that_this_one_names_as_its_predecessor_never_counts():
    assert said(RULE, facts(running=[running(replaced=True)])) == SILENT


def test_rescue_products_never_count():
    assert said(RULE, facts(running=[running(oral=False)])) == SILENT
    assert said(RULE, facts(medications=[NAYZILAM])) == SILENT
    assert said(RULE, facts(medications=[NAYZILAM, other()])) == speaks("lorazepam")


def test_two_orders_in_one_draft_are_no_duplicate():
    assert said(RULE, facts(siblings=[order(position=1)])) == SILENT


def test_another_one_and_a_running_order_are_one_card():
    both = facts(medications=[other()], running=[running()])
    assert said(RULE, both) == speaks("lorazepam")
    assert ALSO_RUNNING in detail(RULE, both)
    assert ALSO_RUNNING not in detail(RULE, facts(medications=[other()]))
    assert [basis.label for basis in outcome(RULE, both).basis] == ["lorazepam", "running-order"]


def test_the_running_order_is_named_with_its_end():
    (basis,) = outcome(RULE, facts(running=[running(ends="2026-08-01")])).basis
    assert (basis.section, basis.date, basis.reference) == ("medications", "until 2026-08-01", "MedicationRequest/7")


@pytest.mark.parametrize("where", ["medications", "statements"])
@pytest.mark.parametrize("section", ["timeout", partly()])
def test_what_could_not_be_looked_at_is_not_none(where, section):
    assert said(RULE, facts(**{where: section})) == f"cannot tell: {where}"


def test_one_found_elsewhere_speaks_although_a_list_is_missing():
    assert said(RULE, facts(medications="timeout", statements=[other()])) == speaks("lorazepam")


def test_the_summary_names_two_and_counts_the_rest():
    three = facts(medications=[other("lorazepam"), other("clonazepam"), other("temazepam")])
    assert said(RULE, three) == speaks("lorazepam, clonazepam and 1 more")


def test_a_planned_switch_is_to_end_one_of_them():
    text = detail(RULE, facts(medications=[other()]))
    assert "In a planned switch, cross-taper and end the other" in text
    assert "Rescue products for seizures do not count" in text


def test_nothing_is_offered():
    assert rules()[RULE].offers == ()


@pytest.mark.parametrize(
    ("reason", "left"),
    [
        ("seizure-disorders", "exempt: X-SEIZURE"),
        ("tetanus", "exempt: X-TETANUS"),
        ("hospice-palliative", speaks("lorazepam").replace("warning", "info")),
        ("sedative-withdrawal", speaks("lorazepam").replace("warning", "info")),
        ("alcohol-withdrawal", speaks("lorazepam")),
        ("muscle-spasm", speaks("lorazepam")),
    ],
)
def test_exemptions(reason, left):
    assert shown(RULE, facts(medications=[other()], order=order(reasons=[reason]))) == left
