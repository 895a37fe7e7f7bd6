"""Content releases in the order of use, and the checkpoints of the log."""

from sqlalchemy import Connection, func, select

from cds_service.domain.audit import CheckpointLine, Integrity, ReleaseLine
from cds_service.ledger.log import read_head
from cds_service.ledger.proof.note import read
from cds_service.ledger.tables import checkpoints, decisions, releases

MOST = 100


def used(connection: Connection) -> tuple[ReleaseLine, ...]:
    """The releases that came into use last, with when decisions were made with them."""
    d = decisions.c
    found = []
    for row in connection.execute(select(releases).order_by(releases.c.leaf_index.desc()).limit(MOST)):
        ends = [
            connection.execute(select(end(d.received_at)).where(d.content_version == row.version)).scalar()
            for end in (func.min, func.max)
        ]
        found.append(
            ReleaseLine(
                version=row.version,
                sha256=row.sha256,
                at=row.at,
                software_version=row.software_version,
                earliest=ends[0],
                newest=ends[1],
            )
        )
    return tuple(found)


def integrity(connection: Connection) -> Integrity:
    """The log as it stands.

    Raises:
        ValueError: the head of the log, or a checkpoint, is damaged.
    """
    origin, frontier = read_head(connection)
    notes = connection.execute(select(checkpoints.c.note).order_by(checkpoints.c.size.desc()).limit(MOST)).scalars()
    lines = []
    for note in notes:
        said = read(note)
        lines.append(CheckpointLine(size=said.size, root=said.root.hex(), made_at=said.made_at, note=note))
    return Integrity(origin=origin, size=frontier.size, checkpoints=tuple(lines))
