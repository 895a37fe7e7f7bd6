"""What an order is for: stated, inferred, recorded, confirmed."""

import pytest

from cds_service.domain.indication import indication
from tests.builders import facts, order, problem


def of(*value_sets, **case):
    found = indication(facts(**case), *value_sets)
    return found.stated, found.inferred, found.present, found.confirmed


def test_a_stated_reason():
    assert of("ache", order=order(reasons=["ache"])) == (True, False, True, True)


def test_without_a_reason_the_problem_list_speaks():
    assert of("ache", problems=[problem("ache")]) == (False, True, True, True)


def test_an_order_with_another_reason_is_for_that():
    assert of("ache", order=order(reasons=["cramp"]), problems=[problem("ache")]) == (False, False, True, True)


def test_a_past_problem_is_no_indication():
    assert of("ache", problems=[problem("ache", past=True)]) == (False, False, False, False)


@pytest.mark.parametrize(
    "case",
    [
        {"order": order(reasons=["ache"], reasons_unconfirmed=True)},
        {"problems": [problem("ache", unconfirmed=True)]},
    ],
)
def test_what_the_record_calls_unconfirmed_is_present_but_not_confirmed(case):
    found = indication(facts(**case), "ache")
    assert (found.present, found.confirmed) == (True, False)
    assert found.basis[0].unconfirmed


def test_one_confirmed_source_is_enough():
    both = {"order": order(reasons=["ache"], reasons_unconfirmed=True), "problems": [problem("cramp")]}
    assert indication(facts(**both), "ache", "cramp").confirmed


@pytest.mark.parametrize(
    ("case", "missing"),
    [
        ({"problems": "timeout"}, ("problems",)),
        ({"order": order(reasons_lost=1)}, ("reason",)),
        ({}, ()),
    ],
)
def test_what_could_not_be_looked_at(case, missing):
    assert indication(facts(**case), "ache").missing == missing


def test_a_reason_that_leads_nowhere_is_still_a_reason():
    assert not indication(facts(order=order(reasons_lost=1), problems=[problem("ache")]), "ache").inferred


def test_the_basis_names_reason_and_problem():
    found = indication(facts(order=order(reasons=["ache"]), problems=[problem("ache")]), "ache")
    assert [(basis.label, basis.section) for basis in found.basis] == [("ache", "order"), ("ache", "problems")]
