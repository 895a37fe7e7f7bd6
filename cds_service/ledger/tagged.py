"""Domain records <-> JSON in which every member of a union says what it is (`"type": "known"`).

msgspec reads and writes dataclasses by itself, but tells the members of a union apart only where they are tagged
Structs. So each record that is in a union, or holds one further down, gets a Struct of the same fields as its mirror;
all others (the many small ones: problems, drugs, codes) go to and from JSON directly, in C.
The mirrors are made once, from the annotations of the domain: a new field or record needs nothing here.

What a record of a mirror says by default is not written: absent means the default, which `record.FORMAT` fixes.
"""

import dataclasses
import re
import types
from collections.abc import Callable, Mapping
from operator import attrgetter
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

import msgspec

Hint = Any  # an annotation, at run time
Value = Any  # a record or part of one
Mirror = Any  # a Struct made here; its fields are those of the record
Step = Callable[[Value], Value]
TAG = "type"


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Wire:
    """How values of one annotation travel.

    Attributes:
        type: what msgspec writes and reads.
        lower: record -> mirror; `None` when it is the same.
        lift: mirror -> record; `None` when it is the same.
    """

    type: Hint
    lower: Step | None = None
    lift: Step | None = None


class Mirrors:
    """Mirrors of records, by annotation.

    Args:
        special: records that travel in a way of their own, with a maker of their `Wire`.
    """

    def __init__(self, special: Mapping[type, Callable[["Mirrors"], Wire]]) -> None:
        """See the class."""
        self._special = special
        self._made: dict[Hint, Wire] = {}

    def of(self, annotation: Hint, *, tagged: bool = False) -> Wire:
        """How values of an annotation travel; `tagged` for a member of a union."""
        key = (annotation, tagged)
        if key not in self._made:
            self._made[key] = self._make(annotation, tagged=tagged)
        return self._made[key]

    def _make(self, annotation: Hint, *, tagged: bool) -> Wire:
        origin: Hint = get_origin(annotation)
        arguments = get_args(annotation)
        if origin in (Union, types.UnionType):
            return self._union(arguments)
        if origin is tuple and len(arguments) == 2 and arguments[1] is Ellipsis:
            return _sequence(self.of(arguments[0]))
        if isinstance(origin, type) and issubclass(origin, Mapping):
            return _mapping(arguments[0], self.of(arguments[1]))
        record = origin or annotation
        if record in self._special:
            return self._special[record](self)
        if dataclasses.is_dataclass(record):
            return self.record(annotation, tagged=tagged)
        return Wire(type=annotation)

    def _union(self, members: tuple[Any, ...]) -> Wire:
        records = [member for member in members if dataclasses.is_dataclass(_record_of(member))]
        if len(records) < 2:
            return self._optional(members)
        lower: dict[type, Step | None] = {types.NoneType: None}
        lift: dict[type, Step | None] = {types.NoneType: None}
        wires: list[Hint] = [member for member in members if member not in records]
        for member in records:
            wire = self.of(member, tagged=True)
            wires.append(wire.type)
            lower[_record_of(member)], lift[wire.type] = wire.lower, wire.lift
        return Wire(type=Union[tuple(wires)], lower=_by_type(lower), lift=_by_type(lift))  # noqa: UP007  computed members

    def _optional(self, members: tuple[Any, ...]) -> Wire:
        wires = [self.of(member) for member in members]
        changed = [wire for wire in wires if wire.lower is not None or wire.lift is not None]
        if not changed:
            return Wire(type=Union[members])  # noqa: UP007  computed members
        assert len(members) == 2, members  # the record and None
        return Wire(
            type=changed[0].type | None,
            lower=_unless_none(changed[0].lower),
            lift=_unless_none(changed[0].lift),
        )

    def record(self, annotation: Hint, *, tagged: bool) -> Wire:
        """How a record travels: as itself where nothing in it needs a mirror, else as its mirror."""
        record = _record_of(annotation)
        bound = dict(zip(getattr(record, "__parameters__", ()), get_args(annotation), strict=False))
        hints = get_type_hints(record)
        fields = sorted(dataclasses.fields(record), key=_has_default)  # a Struct wants them last
        wires = {field.name: self.of(_bind(hints[field.name], bound)) for field in fields}
        if not tagged and all(wire.lower is None and wire.lift is None for wire in wires.values()):
            return Wire(type=annotation)
        mirror = msgspec.defstruct(
            record.__name__,
            [_slot(field, wires[field.name].type) for field in fields],
            tag=kebab(record.__name__) if tagged else None,
            tag_field=TAG if tagged else None,
            omit_defaults=True,
            gc=False,
        )
        lower = _lowerer(mirror, {name: wire.lower for name, wire in wires.items()})
        return Wire(type=mirror, lower=lower, lift=_lifter(record, {name: wire.lift for name, wire in wires.items()}))


def kebab(name: str) -> str:
    """`NotApplicable` -> `not-applicable`."""
    return re.sub(r"(?<!^)(?=[A-Z])", "-", name).lower()


def _record_of(annotation: Hint) -> Hint:
    """`Known` of `Known[Problem]`; anything that is not generic as it is."""
    origin: Hint = get_origin(annotation)
    return origin or annotation


def _bind(annotation: Hint, bound: Mapping[Hint, Hint]) -> Hint:
    """The annotation with type variables replaced, `tuple[T, ...]` to `tuple[Problem, ...]`."""
    if isinstance(annotation, TypeVar):
        return bound[annotation]
    parameters = getattr(annotation, "__parameters__", ())
    return annotation[tuple(bound[parameter] for parameter in parameters)] if parameters and bound else annotation


def _has_default(field: "dataclasses.Field[Any]") -> bool:
    return field.default is not dataclasses.MISSING or field.default_factory is not dataclasses.MISSING


def _slot(field: "dataclasses.Field[Any]", annotation: Hint) -> tuple[Hint, ...]:
    """A field of a mirror; what has a default in the record is not written when it has that value, and read back so."""
    if field.default is not dataclasses.MISSING:
        return (field.name, annotation, msgspec.field(default=field.default))
    if field.default_factory is not dataclasses.MISSING:
        return (field.name, annotation, msgspec.field(default_factory=field.default_factory))
    return (field.name, annotation)


def _lowerer(mirror: Callable[..., Value], steps: Mapping[str, Step | None]) -> Step:
    """Record -> mirror, by position: this runs for each record of each decision before its answer leaves."""
    names = tuple(steps)
    values_of = attrgetter(*names, "__class__", "__class__")  # padded: with two names or more it gives a tuple
    count = len(names)
    changed = tuple((place, step) for place, step in enumerate(steps.values()) if step is not None)
    if not changed:
        return lambda source: mirror(*values_of(source)[:count])

    def lower(source: Value) -> Value:
        values = list(values_of(source)[:count])
        for place, step in changed:
            values[place] = step(values[place])
        return mirror(*values)

    return lower


def _lifter(record: Callable[..., Value], steps: Mapping[str, Step | None]) -> Step:
    """Mirror -> record."""
    changed = tuple((name, step) for name, step in steps.items() if step is not None)

    def lift(source: Value) -> Value:
        values = {name: getattr(source, name) for name in steps}
        for name, step in changed:
            values[name] = step(values[name])
        return record(**values)

    return lift


def _by_type(steps: Mapping[type, Step | None]) -> Step:
    def choose(value: Value) -> Value:
        step = steps[type(value)]
        return value if step is None else step(value)

    return choose


def _unless_none(step: Step | None) -> Step | None:
    return None if step is None else lambda value: None if value is None else step(value)


def _sequence(item: Wire) -> Wire:
    lower, lift = item.lower, item.lift
    return Wire(
        type=types.GenericAlias(tuple, (item.type, ...)),
        lower=None if lower is None else lambda values: tuple([lower(value) for value in values]),
        lift=None if lift is None else lambda values: tuple([lift(value) for value in values]),
    )


def _mapping(key: Hint, item: Wire) -> Wire:
    lower, lift = item.lower, item.lift
    return Wire(
        type=types.GenericAlias(dict, (key, item.type)),
        lower=None if lower is None else lambda values: {name: lower(value) for name, value in values.items()},
        lift=None if lift is None else lambda values: {name: lift(value) for name, value in values.items()},
    )
