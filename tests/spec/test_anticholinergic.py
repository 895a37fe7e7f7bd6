"""Anticholinergics: who is warned, and what is said of the guidance behind it."""

import pytest

from tests.builders import age, drug, facts, order, partly
from tests.spec.release import Example, detail, outcome, said, shown

RULE = "anticholinergic"
BENZTROPINE = drug("anticholinergics", label="benztropine")
OXYBUTYNIN = drug("anticholinergics", label="oxybutynin")


def pair(name, indicator="info"):
    return f"{indicator}: {name.capitalize()} with diazepam: added confusion and sedation, avoid the pair if possible"


EXAMPLES = [
    Example(of=RULE, case="aged 45, on benztropine", facts=facts(medications=[BENZTROPINE]), says=pair("benztropine")),
    Example(
        of=RULE,
        case="aged 70, on oxybutynin",
        facts=facts(age=70, medications=[OXYBUTYNIN]),
        says=pair("oxybutynin", "warning"),
    ),
    Example(of=RULE, case="none", facts=facts(), says="silent: none"),
    Example(
        of=RULE, case="prescriptions not to be had", facts=facts(medications="refused"), says="cannot tell: medications"
    ),
]


@pytest.mark.parametrize(
    ("years", "indicator"), [(64, "info"), (65, "warning"), (age(64, maximum=65), "warning"), (None, "info")]
)
def test_from_sixty_five_or_possibly_so_it_warns(years, indicator):
    assert said(RULE, facts(age=years, medications=[OXYBUTYNIN])) == pair("oxybutynin", indicator)


def test_without_a_birth_date_it_says_that_the_risk_may_be_greater():
    assert "Without a birth date" in detail(RULE, facts(age=None, medications=[OXYBUTYNIN]))
    assert "birth date" not in detail(RULE, facts(medications=[OXYBUTYNIN]))


@pytest.mark.parametrize("place", ["drafts", "medications", "statements"])
def test_wherever_it_is_current(place):
    assert said(RULE, facts(**{place: [OXYBUTYNIN]})) == pair("oxybutynin")


def test_a_drug_named_in_text_counts_as_that_drug():
    patient = facts(age=70, medications=[drug("anticholinergics", label="Cogentin", text=True)])
    assert said(RULE, patient) == pair("Cogentin", "warning")
    assert outcome(RULE, patient).basis[0].from_text


@pytest.mark.parametrize("name", ["benztropine", "Benzatropine", "Cogentin", "Benztropine (ingredient)"])
def test_the_guidance_is_named_where_it_names_the_drug(name):
    text = detail(RULE, facts(medications=[drug("anticholinergics", label=name)]))
    assert "guidance on agitation in dementia" in text
    assert "dementia" not in detail(RULE, facts(medications=[OXYBUTYNIN]))


def test_diazepam_itself_is_not_one():
    for years in (45, 70):
        assert "Diazepam itself is not anticholinergic" in detail(RULE, facts(age=years, medications=[OXYBUTYNIN]))


def test_many_names_do_not_make_the_summary_too_long():
    many = [drug("anticholinergics", label=f"anticholinergic drug {number} with a long name") for number in range(9)]
    assert len(said(RULE, facts(medications=many)).partition(": ")[2]) < 140


@pytest.mark.parametrize("section", ["medications", "statements"])
def test_a_part_that_could_not_be_looked_at_is_named_unless_one_was_found(section):
    assert said(RULE, facts(**{section: partly()})) == f"cannot tell: {section}"
    assert said(RULE, facts(**{section: partly(OXYBUTYNIN)})) == pair("oxybutynin")


@pytest.mark.parametrize(
    ("reason", "left"),
    [
        ("tetanus", "exempt: X-TETANUS"),
        ("seizure-disorders", pair("oxybutynin")),
        ("alcohol-withdrawal", pair("oxybutynin")),
        ("sedative-withdrawal", pair("oxybutynin")),
        ("hospice-palliative", pair("oxybutynin")),
        ("muscle-spasm", pair("oxybutynin", "warning")),
    ],
)
def test_exemptions(reason, left):
    assert shown(RULE, facts(age=70, medications=[OXYBUTYNIN], order=order(reasons=[reason]))) == left
