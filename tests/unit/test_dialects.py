"""What a client family can use of a card."""

from dataclasses import replace
from datetime import date

import msgspec
import pytest

from cds_service.dialects.fit import families, make_fit, read
from cds_service.domain.card import Action, Card, Source, Suggestion
from cds_service.domain.orders import Create, Delete, OrderChange, Replace, Update
from cds_service.domain.outcome import Indicator
from cds_service.domain.terminology import Coding
from tests.unit.engine.small_content import DRUG, content

PHRASES = replace(content().phrases, sentences={"added-beside": "Only added."}, headings={"why": "Why"})
GENERIC = read("generic")
DELETE = Action(proposal=Delete(reference="MedicationRequest/1", description="Take out"))
CREATE = Action(proposal=Create(order=DRUG, position=0, description="Order x", authored_on=date(2026, 6, 15)))
UPDATE = Action(
    proposal=Update(change=OrderChange(days=14), position=0, reference="MedicationRequest/1", description="Limit")
)
DETAIL = "Wrong.\n\n**Why:** because.\n\n**Instead:** else.\n\nThe footer."


def card(*suggestions, behavior="at-most-one"):
    return Card(
        uuid="u",
        summary="s",
        detail=DETAIL,
        indicator=Indicator.INFO,
        source=Source(label="l", url="https://example.org/", topic=Coding(system="s", code="older-adult")),
        suggestions=suggestions,
        selection_behavior=behavior if suggestions else "",
    )


def suggestion(*actions):
    return Suggestion(uuid="u", label="Replace with x", alternative="a", actions=actions)


def fitted(dialect, *suggestions, **more):
    (one,) = make_fit(read(dialect) if isinstance(dialect, str) else dialect, PHRASES)((card(*suggestions, **more),))
    return one


def test_every_family_there_should_be():
    assert families() == {"generic", "sandbox", "epic", "cerner", "athena", "medplum"}


@pytest.mark.parametrize("name", sorted(families()))
def test_each_file_is_whole_and_named_for_itself(name):
    dialect = read(name)
    assert dialect.name == name
    assert dialect.actions
    assert dialect.selection_behaviors
    assert dialect.replacement != "update" or "update" in dialect.actions


def test_an_unknown_family_is_named_with_those_there_are():
    with pytest.raises(KeyError, match="generic"):
        read("nobody")


def test_a_mistyped_key_is_refused(tmp_path):
    with pytest.raises(msgspec.ValidationError):
        msgspec.toml.decode(b'name = "x"\ncolour = "blue"\n', type=type(GENERIC))


def test_the_common_shape_leaves_cards_as_they_are():
    for one in (card(), card(suggestion(DELETE)), card(suggestion(CREATE, DELETE))):
        assert make_fit(GENERIC, PHRASES)((one,)) == (one,)


def test_a_suggestion_the_client_cannot_carry_out_is_taken_off_and_the_card_stays():
    one = fitted(msgspec.structs.replace(GENERIC, actions=("create",)), suggestion(DELETE))
    assert (one.suggestions, one.selection_behavior, one.summary) == ((), "", "s")


def test_more_actions_than_the_client_applies():
    few = msgspec.structs.replace(GENERIC, actions_per_suggestion=1)
    assert fitted(few, suggestion(CREATE, UPDATE)).suggestions == ()


def test_a_behavior_the_client_does_not_know_becomes_its_first():
    only_any = msgspec.structs.replace(GENERIC, selection_behaviors=("any",))
    assert fitted(only_any, suggestion(DELETE)).selection_behavior == "any"


def test_the_sandbox_gets_a_replacement_as_one_update_of_its_draft():
    (action,) = fitted("sandbox", suggestion(CREATE, DELETE)).suggestions[0].actions
    assert isinstance(action.proposal, Replace)
    assert (action.type, action.proposal.reference, action.proposal.order) == ("update", "MedicationRequest/1", DRUG)


def test_epic_gets_the_new_order_alone_and_is_told_what_is_left_to_do():
    one = fitted("epic", suggestion(CREATE, DELETE))
    assert [action.type for action in one.suggestions[0].actions] == ["create"]
    assert one.suggestions[0].label == "Order x"
    assert one.detail.endswith("Only added.")
    assert one.selection_behavior == "any"


def test_epic_shows_the_description_so_that_carries_the_label():
    one = fitted("epic", suggestion(DELETE))
    assert one.suggestions[0].actions[0].proposal.description == "Replace with x"


def test_epic_takes_no_update():
    assert fitted("epic", suggestion(UPDATE)).suggestions == ()


def test_a_topic_of_letters_and_digits_only():
    assert fitted("epic").source.topic.code == "olderadult"
    assert fitted("generic").source.topic.code == "older-adult"


def test_two_new_orders_do_not_become_one():
    assert fitted("sandbox", suggestion(CREATE, CREATE, DELETE)).suggestions == ()
    assert fitted("epic", suggestion(CREATE, CREATE, DELETE)).suggestions == ()


def test_a_new_order_beside_a_taper_is_never_torn_apart():
    for name in ("sandbox", "epic", "cerner", "athena"):
        assert fitted(name, suggestion(CREATE, UPDATE)).suggestions == ()


def test_a_lone_create_adds_nothing_to_the_words():
    assert fitted("epic", suggestion(CREATE)).detail == DETAIL


def test_a_brief_detail_keeps_what_is_wrong_and_what_to_do():
    assert fitted("cerner").detail == "Wrong.\n\n**Instead:** else."
