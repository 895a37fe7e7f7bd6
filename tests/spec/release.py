"""The rules and alternatives of `hooks/` for the spec tests: Facts in, outcome out, in the words of the release.

A spec test module may hold `EXAMPLES`, a list of `Example`: cases worth showing to a clinician. Each is itself a test
(`test_examples.py`), and together they become the worked examples of the catalogue.
"""

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import SimpleNamespace

from cds_service.content.load import load
from cds_service.content.stems import read_alternatives, read_exemptions, read_rules
from cds_service.domain.facts import Facts
from cds_service.domain.outcome import Declined, Finding, NotApplicable, NotAssessed, Offer
from cds_service.domain.terminology import Concept, Vocabulary
from cds_service.engine.assess import assess, indicator_of
from cds_service.engine.words import fill, fill_summary

HOOKS = Path(__file__).parents[2] / "hooks"


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """One case worth showing.

    Attributes:
        of: id of the rule or alternative. case: the patient and the order in a line, in plain words.
        says: `warning: <summary>` | `silent: <token>` | `cannot tell: <tokens>` for a rule;
            `offered` | `not offered: <token>` | `worth considering: <token>` | `not applicable` for an alternative.
        findings: rules taken to speak, for an alternative that asks.
    """

    of: str
    case: str
    facts: Facts
    says: str
    findings: tuple[str, ...] = ()


@cache
def content():
    """The whole release, as the service runs it."""
    return load(HOOKS)


@cache
def rules():
    """rule id -> Rule."""
    faults: list[str] = []
    found = {rule.id: rule for rule in read_rules(HOOKS, "spec-tests-rules", faults)}
    assert not faults, faults
    return found


@cache
def alternatives():
    """alternative id -> Alternative."""
    faults: list[str] = []
    found = read_alternatives(HOOKS, "spec-tests-alternatives", faults)
    assert not faults, faults
    return found


@cache
def exemptions():
    """The exemptions with their matrix."""
    faults: list[str] = []
    found = read_exemptions(HOOKS, "spec-tests-exemptions", faults)
    assert not faults, faults
    return found


@cache
def terminology():
    """Value sets and words of the release."""
    return content().terminology


def classes_of_text(text, vocabulary=Vocabulary.PROBLEM):
    """The value sets that a free text belongs to."""
    return set(terminology().classify(Concept(text=text), vocabulary))


def classes_of_code(system, code):
    """The classes a code belongs to."""
    coding = terminology().canonical(system, code)
    return set(terminology().classify(Concept(codings=(coding,)), Vocabulary.PROBLEM))


def outcome(rule_id, facts):
    """What the rule itself says, before exemptions and precedence."""
    rule = rules()[rule_id]
    return rule.evaluate(facts, rule.params)


def said(rule_id, facts):
    """The outcome in a line: `warning: <summary>`, `silent: <token>` or `cannot tell: <tokens>`."""
    return _line(rule_id, outcome(rule_id, facts))


def shown(rule_id, facts):
    """What is left of it after exemptions and the other rules: as `said`, or `exempt: <id>`, `folded: <rule>` …"""
    content = SimpleNamespace(rules=tuple(rules().values()), exemptions=exemptions(), release=None)
    spoken = next(ruling for ruling in assess(facts, content).rulings if ruling.rule == rule_id).outcome
    if isinstance(spoken, NotApplicable) and spoken.by:
        return f"{spoken.because}: {spoken.by}"
    return _line(rule_id, spoken)


def detail(rule_id, facts):
    """The words of the finding, filled: problem with its points, why, instead."""
    rule, spoken = rules()[rule_id], outcome(rule_id, facts)
    assert isinstance(spoken, Finding), spoken
    words = rule.variants[spoken.variant]
    points = (rule.points[point] for point in spoken.points)
    return " ".join(fill(text, spoken.values) for text in (words.problem, *points, words.why, words.instead))


def _line(rule_id, spoken):
    rule = rules()[rule_id]
    match spoken:
        case Finding():
            summary = fill_summary(rule.variants[spoken.variant].summary, spoken.values)
            return f"{indicator_of(rule, spoken).value}: {summary}"
        case NotApplicable():
            assert spoken.because in rule.silent, f"{spoken.because} is not explained in [silent]"
            return f"silent: {spoken.because}"
        case NotAssessed():
            return f"cannot tell: {', '.join(spoken.missing)}"
    raise AssertionError(spoken)


def verdict(alternative_id, facts, findings=None):
    """What the alternative itself says. `findings`: rule id -> Finding of the rules that speak on this order."""
    alternative = alternatives()[alternative_id]
    return alternative.check(facts, findings or {}, alternative.params)


def judged(alternative_id, facts, findings=None):
    """The verdict in a line: `offered`, `not offered: <token>`, `worth considering: <token>` or `not applicable`."""
    spoken = verdict(alternative_id, facts, findings)
    match spoken:
        case Offer():
            return "offered" if spoken.choice == "default" else f"offered: {spoken.choice}"
        case Declined():
            return f"{'worth considering' if spoken.advise else 'not offered'}: {spoken.because}"
    return "not applicable"
