"""Of a record's text, what the rows of the index are made of, and nothing else: several times faster than all of it.

A view has the names of the record it stands for, so that `rows` takes either. All the rest of the text is skipped.
"""

from collections.abc import Mapping
from dataclasses import MISSING, Field, fields
from operator import attrgetter
from types import GenericAlias
from typing import Any, cast, get_type_hints

import msgspec

from cds_service.domain.card import Card, Suggestion
from cds_service.domain.decision import Access, Decision, Feedback, Recorded, ReleaseUsed
from cds_service.ledger.record import FORMAT, KINDS, READABLE
from cds_service.ledger.tagged import Hint


class _Outcome(msgspec.Struct, gc=False):
    type: str


class _Ruling(msgspec.Struct, gc=False):
    outcome: _Outcome


class _Assessment(msgspec.Struct, gc=False):
    rulings: tuple[_Ruling, ...] = ()


class _Topic(msgspec.Struct, gc=False):
    code: str


class _Source(msgspec.Struct, gc=False):
    topic: _Topic


class _Counting(msgspec.Struct):
    """What of a Decision is reckoned from its parts."""

    assessments: tuple[_Assessment, ...]

    @property
    def not_assessed(self) -> int:
        """As `Decision.not_assessed`."""
        return self._count("not-assessed")

    @property
    def failed(self) -> int:
        """As `Decision.failed`."""
        return self._count("rule-failed")

    def _count(self, type_: str) -> int:
        return [ruling.outcome.type for one in self.assessments for ruling in one.rulings].count(type_)


def _view(record: type, *, without: tuple[str, ...] = (), base: type | None = None, **parts: Hint) -> Hint:
    """A Struct of a record's fields, defaults and all, some `without`, some with the view of a part as type."""
    hints = get_type_hints(record)
    wanted = [field for field in fields(record) if field.name not in without]
    slots = [(field.name, parts.get(field.name, hints[field.name]), _default(field)) for field in wanted]
    return msgspec.defstruct(record.__name__, slots, bases=None if base is None else (base,), kw_only=True, gc=False)


def _default(field: "Field[Any]") -> Hint:
    if field.default is not MISSING:
        return msgspec.field(default=field.default)
    if field.default_factory is not MISSING:
        return msgspec.field(default_factory=field.default_factory)
    return msgspec.field()


_suggestion = _view(Suggestion, without=("label", "actions", "is_recommended"))
_card = _view(
    Card,
    without=("detail", "selection_behavior", "override_reasons", "links"),
    source=_Source,
    suggestions=GenericAlias(tuple, (_suggestion, ...)),
)
_decision = _view(Decision, without=("assessments", "origins"), base=_Counting, cards=GenericAlias(tuple, (_card, ...)))
_release = _view(ReleaseUsed, without=("rules", "alternatives", "value_sets", "evidence", "reviewers"))
_access = _view(Access, without=("query",))
_kinds: Mapping[type, Hint] = {Decision: _decision, Feedback: _view(Feedback), Access: _access, ReleaseUsed: _release}
_Any = msgspec.defstruct(
    "Record", [("format", int), *((name, _kinds[kind] | None, None) for kind, name in KINDS.items())], gc=False
)
_values_of = attrgetter(*KINDS.values())
_decoder: msgspec.json.Decoder[Any] = msgspec.json.Decoder(_Any)


def view(text: str | bytes) -> tuple[str, Recorded]:
    """Kind and view of a record.

    Raises:
        ValueError: the text is not a record, or one of a format that is not read here.
    """
    found = _decoder.decode(text)
    if found.format not in READABLE:
        raise ValueError(f"This record has format {found.format}; this release reads formats up to {FORMAT}.")
    kind = ""
    for name, value in zip(KINDS.values(), _values_of(found), strict=True):
        if value is not None:
            if kind:
                raise ValueError("This record is of two kinds.")
            kind, recorded = name, value
    if not kind:
        raise ValueError("This record is of no known kind.")
    return kind, cast("Recorded", recorded)
