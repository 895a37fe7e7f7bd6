"""What the doctor finds: one line each, with the mend. Nothing of a patient, a token or a key stands in it."""

from dataclasses import dataclass
from enum import StrEnum


class Level(StrEnum):
    """How it is: `fault` must be mended, `note` is worth a look."""

    FINE = "fine"
    NOTE = "note"
    FAULT = "fault"


@dataclass(frozen=True, slots=True, kw_only=True)
class Diagnosis:
    """One finding.

    Attributes:
        code: short and stable, for scripts: `discovery-unreachable` say.
        says: what is the case. mend: what to do about it; empty when all is well.
    """

    level: Level
    code: str
    says: str
    mend: str = ""


def fine(code: str, says: str) -> Diagnosis:
    """Something that is as it should be."""
    return Diagnosis(level=Level.FINE, code=code, says=says)


def note(code: str, says: str, mend: str) -> Diagnosis:
    """Something worth a look."""
    return Diagnosis(level=Level.NOTE, code=code, says=says, mend=mend)


def fault(code: str, says: str, mend: str) -> Diagnosis:
    """Something that must be mended."""
    return Diagnosis(level=Level.FAULT, code=code, says=says, mend=mend)
