"""What the translations of R4 resources into other FHIR versions share: renaming, and refusing what would be lost."""

from collections.abc import Mapping
from typing import Any

Json = dict[str, Any]


class UntranslatableError(ValueError):
    """A story uses an element that cannot be said in another version."""


def renamed(resource: Json, version: str, names: Mapping[str, str | None], **changed: object) -> Json:
    """The resource with its elements renamed (`None`: as they are), and some of them changed altogether.

    Args:
        resource: of FHIR R4.
        version: in which it is said.
        names: every element that it may have; an empty name is left out.
        changed: new elements, and new values by their new names.

    Raises:
        UntranslatableError: it has an element that is not named.
    """
    made: Json = {}
    for name, value in resource.items():
        if name not in names:
            raise UntranslatableError(f"{resource['resourceType']}.{name} has no place in {version}")
        made[name if names[name] is None else str(names[name])] = value
    made |= changed
    return {name: value for name, value in made.items() if name and value not in (None, "", [], {})}


def kept(*names: str, **others: str) -> dict[str, str | None]:
    """Elements that keep their names, and (by keyword) some that do not."""
    return {**dict.fromkeys((*names, "resourceType", "id", "meta")), **others}


def first(value: Any) -> Any:  # noqa: ANN401 - any JSON
    """The first of a list; anything else as it is."""
    return (value[0] if value else None) if isinstance(value, list) else value


def listed(value: Any) -> list[Any]:  # noqa: ANN401 - any JSON
    """A list, also of what is none."""
    return value if isinstance(value, list) else [] if value is None else [value]


def code_of(concept: Json | None) -> str | None:
    """The first code of a CodeableConcept."""
    return concept["coding"][0]["code"] if concept else None


def dose_outside(dosage: Json) -> Json:
    """A dosage with the dose of its only `doseAndRate` directly in it, as before R4.

    Raises:
        UntranslatableError: it has several.
    """
    inside = listed(dosage.get("doseAndRate"))
    if len(inside) > 1:
        raise UntranslatableError("Dosage.doseAndRate: several doses have no place before R4")
    return {name: value for name, value in dosage.items() if name != "doseAndRate"} | (inside[0] if inside else {})


def no_zero_repeats(supply: Json | None) -> Json:
    """A dispenseRequest without "0 repeats", which is not valid before R4."""
    return {name: value for name, value in (supply or {}).items() if (name, value) != ("numberOfRepeatsAllowed", 0)}
