"""The `[feedback]` of a family's file, and what a client's registration adds to it -> its `ReasonTable`."""

from collections.abc import Mapping
from typing import Literal

import msgspec

from cds_service.domain.client import Registration
from cds_service.domain.reasons import ReasonTable, StandardReasons


class Meaning(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A reason as the family sends it, and HL7's code for it."""

    system: str = ""
    code: str
    means: str


class Overriding(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """`[feedback]` of a family's file.

    Attributes:
        without_system: what a code without a system is: `standard` where the family is known to leave the system out
            of the reasons it was offered, else `unknown`.
        extensions: names of extensions that hold the reason. reasons: codes of the family's own.
    """

    without_system: Literal["unknown", "standard"] = "unknown"
    extensions: tuple[str, ...] = ()
    reasons: tuple[Meaning, ...] = ()


def reason_table(told: Overriding, one: Registration, standard: StandardReasons, faults: list[str]) -> ReasonTable:
    """The table of one client; what it registered stands before what its family has.

    Args:
        told: of its family.
        one: the client.
        standard: HL7's codes.
        faults: gets a line for each meaning that is no code of HL7.
    """
    meanings = {(meaning.system, meaning.code): meaning.means for meaning in told.reasons}
    meanings |= _registered(one.override_reasons)
    faults += [
        f"client {one.name or 'open'}: the override reason {code} cannot mean {means}, which is no code of "
        f"{standard.system}; there are {', '.join(sorted(standard.codes))}"
        for (_, code), means in meanings.items()
        if means not in standard.codes
    ]
    return ReasonTable(
        standard=standard,
        assumed_system=standard.system if told.without_system == "standard" else "",
        meanings=meanings,
        extensions=tuple(dict.fromkeys((*one.override_extensions, *told.extensions))),
    )


def _registered(written: Mapping[str, str]) -> dict[tuple[str, str], str]:
    """`system|code` -> meaning, taken apart at the last bar; without a bar the code comes without a system."""
    apart = {key.rpartition("|"): means for key, means in written.items()}
    return {(system, code): means for (system, _, code), means in apart.items()}
