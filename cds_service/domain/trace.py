"""A decision made readable: which facts, which rule said what and why, which alternative was judged how.

`engine/trace.py` makes it from the recorded assessments; a terminal or a page only lays it out. Every word is the
content release's own or a name of the field; nothing of the chart's free text is in it.
"""

from dataclasses import dataclass
from enum import StrEnum


class State(StrEnum):
    """What became of a rule or an alternative."""

    SPEAKS = "speaks"
    SILENT = "silent"
    CANNOT_TELL = "cannot tell"
    FAILED = "failed"
    OFFERED = "offered"
    FIT = "fit, not offered"  # another one has its place, or this client cannot use it
    WORTH_CONSIDERING = "worth considering"
    NOT_OFFERED = "not offered"
    NOT_APPLICABLE = "not applicable"


@dataclass(frozen=True, slots=True, kw_only=True)
class FactLine:
    """One fact: what it is, when, where it stands.

    Attributes:
        date: as recorded, ISO; empty when undated.
        reference: `Type/id` of the resource. place: how it was had (`context`, `prefetch`, `fhir-read`).
        remarks: status, value, how it was recognised.
    """

    label: str
    date: str = ""
    reference: str = ""
    place: str = ""
    remarks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SectionTrace:
    """A part of the record: its facts, or why it was not to be had.

    Attributes:
        unavailable: the reason in words; empty when it was had. gaps: how many entries of it could not be read.
    """

    section: str
    title: str
    facts: tuple[FactLine, ...] = ()
    unavailable: str = ""
    gaps: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ExemptionTrace:
    """An exemption that holds, and why."""

    id: str
    name: str
    because: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleTrace:
    """What one rule said of the order.

    Attributes:
        indicator: how loudly it is shown; empty unless it speaks. capped_from: how loudly its words alone would be.
        says: its summary, filled. points: further sentences that hold.
        because: why it is silent, cannot tell or failed.
        would_say: what it said at first, where an exemption, another rule or shadow kept it quiet.
        rests_on: the facts it rests on.
    """

    id: str
    version: str
    title: str
    state: State
    indicator: str = ""
    capped_from: str = ""
    says: str = ""
    points: tuple[str, ...] = ()
    because: str = ""
    would_say: str = ""
    rests_on: tuple[FactLine, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class AlternativeTrace:
    """How one alternative was judged; `also` tells of drugs within it that were passed over."""

    id: str
    title: str
    state: State
    because: str = ""
    also: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderTrace:
    """Everything about one reviewed order."""

    title: str
    reference: str
    order: tuple[FactLine, ...]
    exemptions: tuple[ExemptionTrace, ...]
    sections: tuple[SectionTrace, ...]
    rules: tuple[RuleTrace, ...]
    alternatives: tuple[AlternativeTrace, ...]
