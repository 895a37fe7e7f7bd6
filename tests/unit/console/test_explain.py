"""What `cds-service explain` prints, and that it prints whatever ids a request holds as plain text."""

import io

import pytest
from rich.console import Console

from cds_service.console.explain import explain
from cds_service.domain.trace import (
    AlternativeTrace,
    ExemptionTrace,
    FactLine,
    OrderTrace,
    RuleTrace,
    SectionTrace,
    State,
)

STORY = "older-adult-spasm-30-days"
LINE = FactLine(label="A fall [falls]", date="2026-05-01", reference="Condition/9", place="prefetch", remarks=("past",))


def order(**given):
    empty = {"order": (), "exemptions": (), "sections": (), "rules": (), "alternatives": ()}
    return OrderTrace(**{"title": "A drug", "reference": "MedicationRequest/1", **empty, **given})


def rule(state, **given):
    return RuleTrace(id="the-rule", version="1", title="The rule", state=state, **given)


def printed(*traces, target=STORY, hook=None):
    calls = []

    def rehearse(on, body):
        calls.append((on, body))
        return traces

    out = io.StringIO()
    code = explain(target, rehearse, hook=hook, console=Console(file=out, width=200, color_system=None))
    return code, out.getvalue(), calls


def test_the_request_of_the_story_is_evaluated():
    code, _, ((hook, body),) = printed(order())
    assert (code, hook) == (0, "order-sign")
    assert b'"hook": "order-sign"' in body
    assert printed(order(), hook="order-select")[2][0][0] == "order-select"


def test_nothing_of_that_name():
    code, text, calls = printed(order(), target="no-such-story")
    assert (code, calls) == (2, [])
    assert "There is no story and no file no-such-story." in text


def test_no_order_of_the_reviewed_drug():
    code, text, _ = printed()
    assert (code, "nothing was evaluated" in text) == (0, True)


@pytest.mark.parametrize(
    ("given", "lines"),
    [
        ({"order": (FactLine(label="dose", remarks=("5 mg",)),)}, ["dose", "5 mg"]),
        (
            {"exemptions": (ExemptionTrace(id="X", name="comfort care", because="stated"),)},
            ["Right as it is", "comfort care: stated"],
        ),
        (
            {"sections": (SectionTrace(section="problems", title="problem list", facts=(LINE,), gaps=2),)},
            ["problem list", "A fall [falls]  2026-05-01  past  Condition/9 (prefetch)", "2 entries could not be read"],
        ),
        ({"sections": (SectionTrace(section="x", title="allergies"),)}, ["allergies", "nothing on record"]),
        (
            {"sections": (SectionTrace(section="x", title="allergies", unavailable="it was not sent"),)},
            ["not known: it was not sent"],
        ),
        (
            {"rules": (rule(State.SPEAKS, indicator="warning", says="Long", points=("A point.",), rests_on=(LINE,)),)},
            ["speaks  the-rule  warning: Long", "A point.", "A fall [falls]"],
        ),
        (
            {"rules": (rule(State.SPEAKS, indicator="warning", says="Long", capped_from="critical"),)},
            ["warning (its words alone: critical): Long"],
        ),
        (
            {"rules": (rule(State.SILENT, because="right as it is", would_say="Long"),)},
            ["silent  the-rule  right as it is", "would say: Long"],
        ),
        ({"rules": (rule(State.CANNOT_TELL, because="allergies"),)}, ["cannot tell  the-rule  allergies"]),
        ({"rules": (rule(State.FAILED, because="ValueError"),)}, ["failed  the-rule  ValueError"]),
        (
            {
                "alternatives": (
                    AlternativeTrace(id="sg-a", title="A", state=State.NOT_OFFERED, because="kidneys", also=("b: no",)),
                )
            },
            ["not offered  sg-a  A", "kidneys", "b: no"],
        ),
    ],
)
def test_what_is_printed(given, lines):
    _, text, _ = printed(order(**given))
    for line in lines:
        assert line in text


def test_every_state_has_a_style():
    for state in State:
        assert printed(order(rules=(rule(state),)))[0] == 0


def test_ids_are_never_read_as_markup_of_the_terminal():
    hostile = "Condition/[red]\x1b[31m\u202e1"
    _, text, _ = printed(
        order(
            reference=hostile,
            sections=(SectionTrace(section="x", title="t", facts=(FactLine(label="l", reference=hostile),)),),
        )
    )
    assert text.count("Condition/[red][31m1") == 2
    assert "\x1b" not in text
