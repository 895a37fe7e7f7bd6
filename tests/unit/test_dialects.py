"""What a client family can use of a card."""

from dataclasses import replace

import pytest

from cds_service.dialects.fit import make_fit, read
from cds_service.domain.card import Action, Card, Source, Suggestion
from cds_service.domain.orders import Delete
from cds_service.domain.outcome import Indicator
from cds_service.domain.terminology import Coding

GENERIC = read("generic")
DELETE = Action(proposal=Delete(reference="MedicationRequest/1", description="d"))


def card(*suggestions, behavior="at-most-one"):
    return Card(
        uuid="u",
        summary="s",
        detail="d",
        indicator=Indicator.INFO,
        source=Source(label="l", url="https://example.org/", topic=Coding(system="s", code="c")),
        suggestions=suggestions,
        selection_behavior=behavior if suggestions else "",
    )


def suggestion(*actions):
    return Suggestion(uuid="u", label="l", alternative="a", actions=actions)


def test_the_common_shape_leaves_cards_as_they_are():
    cards = (card(), card(suggestion(DELETE)))
    assert make_fit(GENERIC)(cards) == cards


def test_a_suggestion_the_client_cannot_carry_out_is_taken_off_and_the_card_stays():
    fit = make_fit(replace(GENERIC, actions=("create",)))
    (fitted,) = fit((card(suggestion(DELETE)),))
    assert (fitted.suggestions, fitted.selection_behavior) == ((), "")


def test_more_actions_than_the_client_applies():
    fit = make_fit(replace(GENERIC, actions_per_suggestion=1))
    assert fit((card(suggestion(DELETE, DELETE)),))[0].suggestions == ()


def test_a_behavior_the_client_does_not_know_becomes_its_first():
    fit = make_fit(replace(GENERIC, selection_behaviors=("any",)))
    assert fit((card(suggestion(DELETE)),))[0].selection_behavior == "any"


def test_an_unknown_family_is_named_with_those_there_are():
    with pytest.raises(KeyError, match="generic"):
        read("nobody")
