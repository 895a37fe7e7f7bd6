"""Cards in a terminal: everything a prescriber would see, and nothing a hostile service could do with it."""

import pytest

from cds_service.console.render import show_answer, show_problem
from cds_service.console.untrusted import plain

ORDER = {
    "resourceType": "MedicationRequest",
    "medicationCodeableConcept": {"coding": [{"code": "1", "display": "substitute"}]},
    "dosageInstruction": [{"text": "one daily"}, {"text": "review"}],
}
CARD = {
    "summary": "Look out",
    "indicator": "critical",
    "detail": "Because of **this**:\n\n- one\n- two",
    "source": {"label": "Review", "topic": {"system": "s", "code": "a-rule"}},
    "suggestions": [
        {
            "label": "Replace it",
            "isRecommended": True,
            "actions": [
                {"type": "create", "description": "Order the substitute", "resource": ORDER},
                {"type": "delete", "description": "Take the draft away", "resourceId": "MedicationRequest/1"},
            ],
        }
    ],
    "links": [{"label": "Guideline", "url": "https://example.org/g", "type": "absolute"}],
    "overrideReasons": [
        {"code": "x", "system": "s", "display": "Benefit greater"},
        {"code": "only-a-code", "system": "s"},
    ],
}


def shown(console, *cards):
    show_answer(console, {"cards": list(cards)}, 12.4)
    return console.file.getvalue()


def test_all_of_a_card(console):
    text = " ".join(shown(console, CARD, {}).split())
    for part in (
        "critical 1/2",
        "Look out",
        "Because of this:",
        "• one",
        "Review · a-rule",
        "▸ Replace it recommended",
        "create MedicationRequest: Order the substitute",
        "substitute – one daily – review",
        "delete MedicationRequest/1: Take the draft away",
        "Guideline https://example.org/g",
        "Benefit greater; only-a-code",
        "2 cards in 12 ms",
    ):
        assert part in text


@pytest.mark.parametrize(("indicator", "colour"), [("info", 36), ("warning", 33), ("critical", 31), ("hard-stop", 35)])
def test_the_colour_says_how_urgent(coloured, indicator, colour):
    assert f"\x1b[{colour}m╭─" in shown(coloured, {"summary": "s", "indicator": indicator})


def test_nothing_of_a_card_reaches_the_terminal_as_a_command(coloured):
    evil = "\x1b]0;owned\x07\x1b[2J\x9b31m [red]x[/red] \u202eabc \ud800"
    card = {**CARD, "summary": evil, "detail": evil, "indicator": evil, "source": {"label": evil}}
    card |= {
        "links": [{"label": evil, "url": evil}],
        "suggestions": [{"label": evil, "actions": [{"description": evil}]}],
    }
    text = shown(coloured, card)
    assert "\x1b]" not in text
    assert "\x1b[2J" not in text
    assert "\x07" not in text
    assert "\x9b" not in text
    assert "\u202e" not in text
    assert "[red]x[/red]" in text


@pytest.mark.parametrize(
    "card",
    [
        None,
        [],
        "card",
        {"suggestions": {}, "links": [None], "source": [], "overrideReasons": ["x"]},
        {"summary": 3, "detail": [1]},
        {"suggestions": [{"actions": [{"resource": {"code": {"coding": [None]}, "dosageInstruction": {}}}]}]},
    ],
)
def test_a_card_of_any_shape_is_shown(console, card):
    assert "1 card in" in shown(console, card)


def test_system_actions_are_shown(console):
    show_answer(console, {"cards": [], "systemActions": [{"type": "update", "description": "By itself"}]}, 1)
    assert "system action  update : By itself" in console.file.getvalue()


def test_a_problem_of_any_shape_is_shown(console):
    show_problem(console, 500, {"resourceType": "OperationOutcome", "issue": [None, {"details": {"text": "Said so"}}]})
    assert "Said so" in console.file.getvalue()


@pytest.mark.parametrize(("value", "text"), [("a\tb\nc\r\x00", "a\tb\nc"), (None, ""), (3, "3"), (["x"], "['x']")])
def test_plain(value, text):
    assert plain(value) == text
