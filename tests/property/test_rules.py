"""What holds of the rules for whoever comes: louder with more, never reassured by less, deaf to what is beside it."""

import itertools
import re
from dataclasses import replace
from decimal import Decimal
from uuid import UUID

import pytest
from hypothesis import assume, event, given
from hypothesis import strategies as st

from cds_service.domain.course import PriorUse
from cds_service.domain.orders import DaysFrom, Dose
from cds_service.domain.outcome import Finding, Indicator, NotApplicable, NotAssessed
from cds_service.engine.assess import assess, indicator_of
from cds_service.engine.present import present
from cds_service.engine.recommend import recommend
from tests.builders import age, facts, order
from tests.property.patients import (
    BOUNDED,
    PARTS,
    orders,
    patients,
    problems,
    release,
    unrelated_drug,
    unrelated_problem,
    with_more,
    without,
)

SILENT = 3  # rank after info
ENCOURAGING = "dual-indication"  # the one card that speaks for the drug


def assessed(known):
    return assess(known, release())


def outcomes(known):
    return {ruling.rule: ruling.outcome for ruling in assessed(known).rulings}


def loudest(known):
    """Rank of the loudest card: 0 critical to 2 info, 3 for none."""
    rules = {rule.id: rule for rule in release().rules}
    ranks = [indicator_of(rules[name], finding).rank for name, finding in assessed(known).findings.items()]
    return min(ranks, default=SILENT)


def cards(*known):
    numbers = itertools.count(1)

    def new():
        return UUID(int=next(numbers), version=4)

    assessments, advice = recommend(tuple(assessed(one) for one in known), release(), new)
    return present(assessments, advice, {}, release(), new)


# Louder with more -----------------------------------------------------------------------------------------------------


@BOUNDED
@given(patients(), st.integers(1, 400))
def test_more_days_never_make_the_answer_milder(known, more):
    days = known.order.planned.days
    assume(days is not None and not assessed(known).exemptions)
    longer = replace(known.order, planned=replace(known.order.planned, days=days + more))
    assert loudest(replace(known, order=longer)) <= loudest(known)


@BOUNDED
@given(patients(), st.sampled_from(["1.1", "1.5", "3", "10"]))
def test_more_mg_never_make_the_answer_milder(known, factor):
    dose = known.order.dose
    assume(isinstance(dose, Dose) and not assessed(known).exemptions)
    times = Decimal(factor)
    more = replace(
        dose,
        single_mg=None if dose.single_mg is None else dose.single_mg * times,
        per_day_mg=None if dose.per_day_mg is None else dose.per_day_mg * times,
    )
    assert loudest(replace(known, order=replace(known.order, dose=more))) <= loudest(known)


@BOUNDED
@given(patients(), st.integers(18, 100), st.integers(0, 40), st.booleans())
def test_more_years_of_an_adult_never_make_the_answer_milder(known, years, more, partial):
    """At the 18th birthday the advice changes in kind (ruling 22); what Beers excepts is milder from 65 on."""
    assume(not assessed(known).exemptions)
    assume(not known.stated_reasons("rem-sleep-behavior-disorder"))
    assume(not known.active_problems("rem-sleep-behavior-disorder"))
    ages = [age(years), age(years + more, maximum=years + more + partial)]
    younger, older = (loudest(replace(known, age=one)) for one in ages)
    assert older <= younger


# Never reassured by less ----------------------------------------------------------------------------------------------


@BOUNDED
@given(patients(complete=True), st.sampled_from(PARTS))
def test_without_a_fact_nothing_is_taken_back_and_nothing_encouraged(known, part):
    before, after = outcomes(known), outcomes(without(known, part))
    for rule, outcome in before.items():
        if isinstance(outcome, Finding | NotAssessed):
            assert not isinstance(after[rule], NotApplicable), f"{rule} fell silent without {part}"
    if not isinstance(before[ENCOURAGING], Finding):
        assert not isinstance(after[ENCOURAGING], Finding)


@BOUNDED
@given(patients(complete=True), st.integers(18, 64), st.sampled_from(PARTS))
def test_the_card_that_encourages_never_rests_on_what_is_not_known(known, years, part):
    both = order(days=14, reasons=["anxiety-disorders", "muscle-spasm"])
    known = replace(known, age=age(years), order=both, siblings=(), prior_use=PriorUse())
    encouraged = isinstance(outcomes(known)[ENCOURAGING], Finding)
    event(f"encouraged: {encouraged}")
    if not encouraged:
        assert not isinstance(outcomes(without(known, part))[ENCOURAGING], Finding)


@BOUNDED
@given(patients())
def test_nothing_breaks(known):
    assert not [
        name
        for name, outcome in outcomes(known).items()
        if not isinstance(outcome, Finding | NotAssessed | NotApplicable)
    ]


# Untouched by what does not matter ------------------------------------------------------------------------------------


@BOUNDED
@given(patients())
def test_a_problem_and_a_drug_that_no_rule_knows_change_nothing(known):
    more = with_more(known, problems=unrelated_problem(), medications=unrelated_drug(), statements=unrelated_drug())
    assert outcomes(more) == outcomes(known)


# Free text ------------------------------------------------------------------------------------------------------------


@BOUNDED
@given(st.integers(1, 100), orders(text=True, reasons=False), st.lists(problems(text=True), max_size=6))
def test_what_is_known_from_text_alone_is_never_critical(years, written, texts):
    planned = replace(written.planned, source=DaysFrom.TEXT if written.planned.days else written.planned.source)
    known = facts(age=years, weight_kg="20", order=replace(written, planned=planned), problems=texts)
    assert loudest(known) >= Indicator.WARNING.rank


# The words ------------------------------------------------------------------------------------------------------------

REJECTED = {  # figures that the sources do not bear out, each with what would betray it
    "paradoxical reactions in a tenth": r"paradox[^.]*\d+ ?%|\d+ ?%[^.]*paradox",
    "half more adverse events in older people": r"\b50 ?%|one and a half times",
    "twice the effects on the brain": r"(twice|double|2\.04|1\.50?\b)[^.]*(adverse|CNS|brain|nervous)",
    "percentages of the sciatica trial": r"\b(41|79) ?%",
    "a serum level in tetanus": r"\bng/mL",
}
HARM = re.compile(r"number needed to harm|for every 3|1 in 3")


@BOUNDED
@given(patients())
def test_summaries_fit_and_details_quote_no_rejected_figure(known):
    for card in cards(known):
        assert 0 < len(card.summary) < 140
        for claim, pattern in REJECTED.items():
            assert not re.search(pattern, f"{card.summary} {card.detail}", re.IGNORECASE), claim
        for sentence in re.split(r"[.;]|\n", f"{card.summary}\n{card.detail}"):
            if HARM.search(sentence):
                assert re.search("relaxants|zopiclone", sentence), "the figure is of two drugs pooled"


def written():
    """Every sentence of the release that a card may show, with where it stands."""
    for rule in release().rules:
        for name, variant in rule.variants.items():
            yield pytest.param(
                f"{variant.summary} {variant.problem} {variant.why} {variant.instead}", id=f"{rule.id} {name}"
            )
        yield pytest.param(" ".join(rule.points.values()), id=f"{rule.id} points")
    for one in release().alternatives.values():
        tables = (one.labels, one.points, one.notes, one.blocked)
        yield pytest.param(" ".join(text for table in tables for text in table.values()), id=one.id)


@pytest.mark.parametrize("text", list(written()))
def test_no_sentence_of_the_release_quotes_a_rejected_figure(text):
    for claim, pattern in REJECTED.items():
        assert not re.search(pattern, text, re.IGNORECASE), claim


def test_the_search_for_rejected_figures_finds_them():
    for text in (
        "Paradoxical agitation occurs in 10 %.",
        "50 % more adverse events",
        "twice as many CNS events",
        "79 % on placebo",
        "about 500 ng/mL",
    ):
        assert any(re.search(pattern, text, re.IGNORECASE) for pattern in REJECTED.values()), text
