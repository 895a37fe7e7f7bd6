"""What becomes of a rule's outcome: exemptions, caps, precedence, and faults that stay the rule's own."""

from dataclasses import replace

import pytest

from cds_service.domain.outcome import Finding, Indicator, NotApplicable, NotAssessed, RuleFailed
from cds_service.engine.assess import assess, indicator_of
from tests.builders import facts
from tests.unit.engine.small_content import content, finding, rule


def outcomes(*rules, **more):
    return {ruling.rule: ruling for ruling in assess(facts(), content(*rules, **more)).rulings}


def test_a_crashing_rule_is_its_own_failure_and_the_others_speak(caplog):
    got = outcomes(rule("broken", ValueError("Jane Doe")), rule("sound", finding()))
    assert got["broken"].outcome == RuleFailed(error="ValueError")
    assert isinstance(got["sound"].outcome, Finding)
    assert "Jane Doe" not in caplog.text


def test_an_unknown_wording_is_a_failure_of_the_rule():
    assert outcomes(rule("odd", Finding(variant="nowhere")))["odd"].outcome == RuleFailed(error="KeyError")


@pytest.mark.parametrize(
    "odd",
    [
        finding(points=("nowhere",)),
        Finding(variant="plain", values={"names": "it"}),
        Finding(variant="plain", values={"name": 10**140}),
    ],
)
def test_a_finding_without_words_is_a_failure_of_the_rule_alone(odd):
    got = outcomes(rule("odd", odd), rule("sound", finding(), order=2))
    assert isinstance(got["odd"].outcome, RuleFailed)
    assert isinstance(got["sound"].outcome, Finding)


def test_when_exemptions_cannot_be_judged_the_rules_speak_and_the_failure_is_named():
    got = outcomes(rule("a", finding()), matrix={"a": {"X": "S"}}, exempt=RuntimeError())
    assert isinstance(got["a"].outcome, Finding)
    assert got["exemptions"].outcome == RuleFailed(error="RuntimeError")


def test_a_suppressed_finding_keeps_what_was_said():
    ruling = outcomes(rule("a", finding()), matrix={"a": {"X": "S"}}, exempt=("X",))["a"]
    assert ruling.outcome == NotApplicable(because="exempt", by="X")
    assert ruling.spoken == finding()


def test_the_mildest_of_several_exemptions_wins():
    matrix = {"a": {"X": "W", "Y": "I"}}
    one = rule("a", finding(), indicator="critical")
    ruling = outcomes(one, matrix=matrix, exempt=("X", "Y"))["a"]
    assert indicator_of(one, ruling.outcome) is Indicator.INFO


def test_the_strictest_wins_where_the_matrix_says_never():
    matrix = {"a": {"X": "W", "Y": "S", "Z": "-"}}
    one = rule("a", finding(), indicator="critical")
    for exempt, expected in ((("X", "Y"), Indicator.WARNING), (("X", "Y", "Z"), Indicator.CRITICAL)):
        ruling = outcomes(one, matrix=matrix, strictest=frozenset({"a"}), exempt=exempt)["a"]
        assert indicator_of(one, ruling.outcome) is expected


def test_a_row_without_the_exemption_is_unchanged():
    assert outcomes(rule("a", finding()), matrix={"a": {"X": "S"}}, exempt=("Y",))["a"].outcome == finding()


def test_a_wording_may_have_a_row_of_its_own():
    matrix = {"a": {"X": "S"}, "a/plain": {"X": "-"}, "b": {"X": "-"}, "b/plain": {"X": "S"}}
    got = outcomes(rule("a", finding()), rule("b", finding()), matrix=matrix, exempt=("X",))
    assert got["a"].outcome == finding()
    assert got["b"].outcome == NotApplicable(because="exempt", by="X")


def test_free_text_alone_is_capped_at_warning():
    one = rule("a", finding(), indicator="critical")
    assert indicator_of(one, finding(text_only=True)) is Indicator.WARNING
    assert indicator_of(one, finding()) is Indicator.CRITICAL


def test_a_cap_never_raises():
    assert indicator_of(rule("a", finding(), indicator="info"), finding(text_only=True)) is Indicator.INFO


def test_a_rule_gives_way_only_to_one_that_speaks():
    quiet = rule("b", NotApplicable(because="no"))
    assert outcomes(rule("a", finding(), gives_way_to={"b": "replaced"}), quiet)["a"].outcome == finding()
    ruling = outcomes(rule("a", finding(), gives_way_to={"b": "folded"}), rule("b", finding()))["a"]
    assert ruling.outcome == NotApplicable(because="folded", by="b")
    assert ruling.spoken == finding()


def test_an_exempted_rule_silences_nobody():
    got = outcomes(
        rule("a", finding(), gives_way_to={"b": "replaced"}),
        rule("b", finding()),
        matrix={"b": {"X": "S"}},
        exempt=("X",),
    )
    assert isinstance(got["a"].outcome, Finding)


def test_silent_beside_a_louder_card():
    beside = {"*": ("critical",), "c": ("warning",)}
    assert outcomes(rule("a", finding(), unless=beside), rule("b", finding()))["a"].outcome == finding()
    loud = rule("b", finding(), indicator="critical")
    assert outcomes(rule("a", finding(), unless=beside), loud)["a"].outcome == NotApplicable(because="beside", by="b")
    named = outcomes(rule("a", finding(), unless=beside), rule("c", finding()))
    assert named["a"].outcome == NotApplicable(because="beside", by="c")


@pytest.mark.parametrize(
    ("other", "indicator", "left"),
    [
        (NotAssessed(missing=("allergies",)), "critical", NotAssessed(missing=("allergies",))),
        (NotAssessed(missing=("allergies",)), "warning", finding()),  # it could not have said anything critical
        (ValueError(), "critical", NotApplicable(because="beside", by="b")),
        (NotApplicable(because="no"), "critical", finding()),
    ],
)
def test_a_rule_that_speaks_only_beside_no_warning_must_know_that_there_is_none(other, indicator, left):
    got = outcomes(rule("a", finding(), unless={"*": ("critical",)}), rule("b", other, indicator=indicator))["a"]
    assert got.outcome == left
    assert got.spoken == (None if left == finding() else finding())


@pytest.mark.parametrize("outcome", [finding(), NotAssessed(missing=("problems",)), ValueError()])
def test_a_rule_in_shadow_is_recorded_and_nothing_of_it_is_shown(outcome):
    trial = replace(rule("trial", outcome), shadow=True)
    shown = rule("shown", finding(), gives_way_to={"trial": "replaced"}, order=2)
    got = outcomes(trial, shown)
    assert got["trial"].outcome == NotApplicable(because="shadow")
    assert got["trial"].spoken == (RuleFailed(error="ValueError") if isinstance(outcome, ValueError) else outcome)
    assert isinstance(got["shown"].outcome, Finding)


def test_a_rule_in_shadow_that_is_silent_says_why():
    silent = NotApplicable(because="no")
    assert outcomes(replace(rule("trial", silent), shadow=True))["trial"].outcome == silent


def test_a_rule_in_shadow_that_is_exempt_says_so():
    trial = replace(rule("trial", finding()), shadow=True)
    got = outcomes(trial, matrix={"trial": {"X": "S", "Y": "I"}}, exempt=("X",))["trial"]
    assert got.outcome == NotApplicable(because="exempt", by="X")
    capped = outcomes(trial, matrix={"trial": {"Y": "I"}}, exempt=("Y",))["trial"]
    assert (capped.outcome, capped.spoken) == (NotApplicable(because="shadow"), finding())
