"""What one rule says of one reviewed order. Silence always has a reason; "cannot tell" is never silence."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Indicator(StrEnum):
    """Urgency of a card, in the words of CDS Hooks."""

    INFO = "info"
    WARNING = "warning"
    CRITICAL = "critical"

    @property
    def rank(self) -> int:
        """0 for critical, the most urgent, to 2 for info: the order in which cards are shown."""
        return (Indicator.CRITICAL, Indicator.WARNING, Indicator.INFO).index(self)

    def at_most(self, ceiling: "Indicator") -> "Indicator":
        """The milder of the two."""
        return self if self.rank >= ceiling.rank else ceiling


Value = str | int | tuple[str, ...]  # what a rule puts into its words; a tuple is a list of names


@dataclass(frozen=True, slots=True, kw_only=True)
class Basis:
    """One fact that a finding rests on, as the card names it.

    Attributes:
        label: what it is, in the content release's words, or a token of `[basis]` in `hooks/phrases.toml`.
        section: `SectionName` value, `order`, or `draft`.
        date: ISO date, no more precise than recorded; empty when undated.
        reference: `Type/id` of the resource, for the record of the decision only.
        from_text: recognised by a word in free text, not by a code.
        unconfirmed: the record itself calls it unconfirmed.
    """

    label: str
    section: str
    date: str = ""
    reference: str = ""
    from_text: bool = False
    unconfirmed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """The rule speaks.

    Attributes:
        variant: which wording of the rule's file; it carries the indicator and the summary.
        values: what the words' placeholders stand for.
        points: further sentences of the rule's file that hold for this patient.
        basis: the facts it rests on.
        text_only: rests on free text alone; the engine caps the indicator at warning.
        ceiling: the loudest indicator the facts bear, where milder than the variant's own.
    """

    variant: str
    values: Mapping[str, Value] = field(default_factory=dict)
    points: tuple[str, ...] = ()
    basis: tuple[Basis, ...] = ()
    text_only: bool = False
    ceiling: Indicator = Indicator.CRITICAL


@dataclass(frozen=True, slots=True, kw_only=True)
class NotApplicable:
    """The rule is silent, and why: a token of the rule's `[silent]` table, or the engine's.

    The engine's own tokens: `exempt` (by an exemption), `replaced`, `folded` and `beside` (by another rule), where
    `by` names it; and `shadow` (evaluated on trial, not shown).
    """

    because: str
    by: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class NotAssessed:
    """The rule cannot tell: sections or facts that were not to be had (tokens of `[missing]` in phrases.toml)."""

    missing: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleFailed:
    """The rule itself broke; `error` is the exception's type, never its text (it may hold patient data)."""

    error: str


Outcome = Finding | NotApplicable | NotAssessed | RuleFailed


# What an alternative says ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """The alternative may be offered to this patient.

    Attributes:
        choice: which of `[orders.*]` in its file (`default`, or a drug of several).
        points: sentences of its file to add to the card. notes: sentences to add to the new order's note.
        label: which label of its file, `""` for the plain one.
        values: what placeholders of labels, points and notes stand for.
        also: other choices within this one, each with the reason why it is not this one.
    """

    choice: str = "default"
    points: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    label: str = ""
    values: Mapping[str, Value] = field(default_factory=dict)
    also: tuple["PassedOver", ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PassedOver:
    """One choice of several that an alternative does not offer.

    Attributes:
        choice: which of `[orders.*]`. because, also_because, values, advise: as in `Declined`.
    """

    choice: str
    because: str
    also_because: tuple[str, ...] = ()
    values: Mapping[str, Value] = field(default_factory=dict)
    advise: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Declined:
    """The alternative is named on the card with the reason it is not offered.

    Attributes:
        because: token of its file's `[blocked]` table; `also_because` further ones, when more than one holds.
        values: what placeholders of those sentences stand for.
        advise: not an order, but the prescriber may well decide for it ("text only").
        points: sentences of its file to add to the card all the same.
        also: the choices within this one, each with its reason.
    """

    because: str
    also_because: tuple[str, ...] = ()
    values: Mapping[str, Value] = field(default_factory=dict)
    advise: bool = False
    points: tuple[str, ...] = ()
    also: tuple[PassedOver, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Unfit:
    """The alternative has nothing to do with this order; it is not mentioned. `because` is for the trace."""

    because: str


Verdict = Offer | Declined | Unfit
