"""What a verification found: the faults, the first of them named, and what no checkpoint covers."""

from dataclasses import dataclass, field
from datetime import datetime

MOST_FAULTS = 100  # that are listed; all are counted


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """Something that is not as it was recorded.

    Attributes:
        what: in a sentence.
        leaf_index: of the record, where it can be told. kind, id: likewise.
    """

    what: str
    leaf_index: int | None = None
    kind: str = ""
    id: str = ""

    def __str__(self) -> str:
        """The sentence, with the record it is about in front."""
        where = "" if self.leaf_index is None else f"record {self.leaf_index}"
        named = " ".join(part for part in (where, self.kind, self.id) if part)
        return f"{named}: {self.what}" if named else self.what


@dataclass(frozen=True, slots=True, kw_only=True)
class Covered:
    """What a checkpoint stands for: so many records, since when; none and `None` where there is no checkpoint."""

    size: int = 0
    since: datetime | None = None


@dataclass(slots=True, kw_only=True)
class Report:
    """A verification as it goes on, and its result.

    Attributes:
        origin: which log. records: how many were read. size: how many there should be, as the head says.
        kinds: records by kind. erased: records of which only the hash is left.
        checkpoints: how many held. signed, published: the longest that held, of those stored and those published.
        root: of the whole tree, hex. fault_count, faults: all that was found, and the first `MOST_FAULTS`.
        remarks: what is no fault but should be known.
    """

    origin: str = ""
    records: int = 0
    size: int = 0
    kinds: dict[str, int] = field(default_factory=dict)
    erased: int = 0
    checkpoints: int = 0
    signed: Covered = field(default_factory=Covered)
    published: Covered = field(default_factory=Covered)
    root: str = ""
    fault_count: int = 0
    faults: list[Fault] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)

    @property
    def in_order(self) -> bool:
        """Whether nothing was found."""
        return self.fault_count == 0

    def add(self, fault: Fault) -> None:
        """Note a fault."""
        self.fault_count += 1
        if len(self.faults) < MOST_FAULTS:
            self.faults.append(fault)

    def first(self) -> Fault | None:
        """The fault of the earliest record; of those that name none, the first that was found."""
        named = [fault for fault in self.faults if fault.leaf_index is not None]
        return min(named, key=lambda fault: fault.leaf_index or 0) if named else next(iter(self.faults), None)
