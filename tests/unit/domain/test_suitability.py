"""Questions that alternatives ask, with made-up classes: the domain knows no medicine."""

from dataclasses import replace

import pytest

from cds_service.domain.facts import Gap, Known, Standing
from cds_service.domain.outcome import Declined, PassedOver
from cds_service.domain.suitability import (
    Ages,
    Block,
    Sedation,
    declined,
    has_unknown_drugs,
    is_older,
    low_value,
    may_still_act,
    names_of,
    not_adult,
    not_tolerated,
    passed_over,
    recent_problems,
    sedation_of,
    unchecked,
    unlooked,
)
from tests.builders import age, allergy, drug, facts, measurement, problem

AGES = Ages(adult=18, older=65)
PAST, CURRENT, NEITHER = Standing.PAST, Standing.CURRENT, Standing.NEITHER


def tokens(blocks):
    return [block.because for block in blocks if block.holds]


# A block table --------------------------------------------------------------------------------------------------------


def test_nothing_holds_nothing_is_declined():
    assert declined([Block(because="a", holds=False)]) is None
    assert passed_over([], "x") is None


def test_every_reason_of_the_gravest_kind_is_told():
    blocks = [
        Block(because="a", holds=True, advise=True, values={"a": 1}),
        Block(because="b", holds=True, values={"b": 2}),
        Block(because="c", holds=False, values={"c": 3}),
        Block(because="d", holds=True, values={"d": 4}),
    ]
    assert declined(blocks, points=("p",)) == Declined(
        because="b", also_because=("d",), values={"b": 2, "d": 4}, points=("p",)
    )
    assert declined(blocks[:1]) == Declined(because="a", values={"a": 1}, advise=True)
    assert passed_over(blocks, "x") == PassedOver(choice="x", because="b", also_because=("d",), values={"b": 2, "d": 4})


# Who ------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("years", "because"),
    [(None, "age-unknown"), (age(17), "child"), (age(17, maximum=18), "child"), (age(18), ""), (age(80), "")],
)
def test_children_and_those_of_unknown_age(years, because):
    found = not_adult(facts(age=years), AGES)
    assert (found.because if found else "") == because


@pytest.mark.parametrize(
    ("years", "older"), [(None, False), (age(64), False), (age(64, maximum=65), True), (age(65), True)]
)
def test_older_certain_or_possible(years, older):
    assert is_older(facts(age=years), AGES) is older


# What could not be looked at ------------------------------------------------------------------------------------------


def test_core_sections_that_are_missing_or_torn_block():
    assert tokens(unchecked(facts())) == []
    assert tokens(unchecked(facts(problems="x", medications="y"))) == ["unchecked-problems", "unchecked-medications"]
    torn = replace(facts(), problems=Known(gaps=(Gap(why="x"),)))
    assert tokens(unchecked(torn)) == ["unchecked-problems"]
    assert all(block.advise for block in unchecked(torn))


def test_supporting_sections_that_are_missing_or_torn_are_named():
    assert unlooked(facts()) == ()
    assert unlooked(facts(statements="x", allergies="y")) == ("unlooked-statements", "unlooked-allergies")
    assert unlooked(replace(facts(), allergies=Known(gaps=(Gap(why="x"),)))) == ("unlooked-allergies",)


# Problems and drugs ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("one", "found"),
    [
        (problem("s", past=True, onset="2025-06-15"), True),
        (problem("s", past=True, onset="2025-06-14"), False),
        (problem("s", onset="2025-06-14"), False),
        (problem("s", past=True, onset="2025"), True),
        (problem("s", recorded="2026-01-01"), True),
        (problem("s"), True),
        (problem("s", past=True), False),
        (problem("s", onset="2026-06-16"), False),
        (problem("other", onset="2026-06-01"), False),
    ],
)
def test_a_recent_problem(one, found):
    assert bool(recent_problems(facts(problems=[one]), "s", days=365)) is found


@pytest.mark.parametrize(
    ("one", "found"),
    [
        (drug("s", standing=PAST, ended="2025-06-15", not_tolerated=True), True),
        (drug("s", standing=PAST, ended="2025-06-14", not_tolerated=True), False),
        (drug("s", standing=PAST, since="2026-01-01", not_tolerated=True), True),
        (drug("s", standing=PAST, not_tolerated=True), True),
        (drug("s", standing=PAST, ended="2026-06-01"), False),
        (drug("other", standing=PAST, ended="2026-06-01", not_tolerated=True), False),
    ],
)
def test_a_drug_stopped_for_intolerance(one, found):
    assert not_tolerated(facts(medications=[one]), "s", days=365) is found
    assert not_tolerated(facts(statements=[one]), "s", days=365) is found


def test_a_tolerated_order_of_the_same_name_hides_nothing():
    fine = drug("s", label="x", standing=PAST, ended="2026-06-01")
    assert not_tolerated(facts(medications=[fine, replace(fine, not_tolerated=True)]), "s", days=365)


def test_an_allergy_counts_by_the_name_it_has_where_names_are_given():
    case = facts(allergies=[allergy("s", label="Alpha 5 MG Tablet")])
    assert not_tolerated(case, "s", days=365)
    assert not_tolerated(case, "s", days=365, named=("alpha",))
    assert not not_tolerated(case, "s", days=365, named=("beta",))
    assert not not_tolerated(facts(), "s", days=365)


@pytest.mark.parametrize(
    ("one", "acts"),
    [
        (drug("s"), True),
        (drug("s", standing=PAST, ended="2026-06-01"), True),
        (drug("s", standing=PAST, ended="2026-05-31"), False),
        (drug("s", standing=PAST, since="2026-01-01"), True),
        (drug("s", standing=PAST, since="2025-06-14"), False),
        (drug("s", standing=PAST), True),
        (drug("s", standing=NEITHER, ended="2026-06-10"), False),
        (drug("other"), False),
    ],
)
def test_a_past_drug_acts_on_and_one_without_an_end_may(one, acts):
    assert bool(may_still_act(facts(medications=[one]), "s", days=14, history_days=365)) is acts


def test_an_old_order_of_the_same_name_does_not_hide_a_recent_one():
    old = drug("s", label="x", standing=PAST, ended="2025-09-01")
    new = drug("s", label="x", standing=PAST, ended="2026-06-10")
    assert may_still_act(facts(medications=[old, new]), "s", days=14, history_days=365) == (new,)
    assert facts(medications=[old, new]).past_drugs("s", since=new.ended).items == (new,)


@pytest.mark.parametrize(
    ("one", "unknown"),
    [
        (drug(coded=False), True),
        (drug(coded=True), False),
        (drug("s", coded=False, text=True), False),
        (drug(coded=False, standing=PAST, ended="2026-06-10"), True),
        (drug(coded=False, standing=PAST, ended="2026-05-01"), False),
        (drug(coded=False, standing=NEITHER), False),
    ],
)
def test_a_drug_that_is_only_a_text_could_be_anything(one, unknown):
    assert has_unknown_drugs(facts(medications=[one]), days=14, history_days=365) is unknown
    assert has_unknown_drugs(facts(drafts=[one]), days=14, history_days=365) is unknown


def test_names_are_one_for_each_substance():
    drugs = [
        drug("s", label="alpha 5 MG Tablet"),
        drug("s", label="24 HR alpha 10 MG Tablet"),
        drug("s", label="beta"),
    ]
    assert names_of(drugs, "s") == ("alpha 5 MG Tablet", "beta")


def test_sedation_counts_substances_and_picks_the_strongest():
    limits = Sedation(sedatives=("s", "t"), too_many=2, strongest_of="t", strongest=("gamma",))
    one = drug("s", label="alpha 5 MG")
    assert not sedation_of(facts(medications=[one, drug("s", label="alpha 10 MG")]), limits).too_many
    both = sedation_of(facts(medications=[one], drafts=[drug("t", label="Gamma 1 MG")]), limits)
    assert (both.too_many, both.strongest) == (True, ("Gamma 1 MG",))
    assert sedation_of(facts(medications=[drug("s", label="gamma")]), limits).strongest == ()


@pytest.mark.parametrize(
    ("measurements", "told"),
    [
        ([], ""),
        ([("99", "2026-06-01", "")], "99 (2026-06-01)"),
        ([("100", "2026-06-01", "")], ""),
        ([("100", "2026-06-01", "<")], "<100 (2026-06-01)"),
        ([("99", "2026-03-17", "")], "99 (2026-03-17)"),
        ([("99", "2026-03-16", "")], ""),
        ([("99", "2026-06-16", "")], ""),
        ([("99", "", "")], ""),
        ([("90", "2026-05-01", ""), ("120", "2026-06-01", "")], ""),
        ([("120", "2026-06-01", ""), ("95", "2026-06-01", "")], "95 (2026-06-01)"),
    ],
)
def test_a_low_value_is_the_latest_of_the_last_days(measurements, told):
    found = [measurement("p", value, "mm[Hg]", taken=taken, comparator=sign) for value, taken, sign in measurements]
    assert low_value(facts(observations=found), "p", below=100, days=90) == told
    assert low_value(facts(observations="not-sent"), "p", below=100, days=90) == ""
