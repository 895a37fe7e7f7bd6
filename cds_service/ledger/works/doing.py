"""What each work writes, from one snapshot of the ledger."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO

from sqlalchemy import Connection

from cds_service.domain.audit import WorkAsked
from cds_service.ledger.database import Dialect
from cds_service.ledger.extracts.certificate import certificate_of
from cds_service.ledger.extracts.copies import FORMATS
from cds_service.ledger.extracts.figures import IGNORED_AFTER
from cds_service.ledger.extracts.reports import REPORTS, reported
from cds_service.ledger.extracts.rows_out import write_rows
from cds_service.ledger.extracts.selection import Selection, count_of
from cds_service.ledger.log import read_head
from cds_service.ledger.proof.export import write_export
from cds_service.ledger.proof.published import published
from cds_service.ledger.proof.signing import load_public_keys
from cds_service.ledger.proof.sources import DatabaseSource
from cds_service.ledger.proof.told import told
from cds_service.ledger.proof.verify import verify

WHOLE, CERTIFICATE = "whole", "certificate"
KINDS = (*FORMATS, WHOLE, *REPORTS, CERTIFICATE)
ENDINGS: Mapping[str, str] = {"ndjson": "ndjson", "audit-event": "ndjson", WHOLE: "ndjson", CERTIFICATE: "json"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Verifying:
    """What a verification needs: public keys that count, and where checkpoints are published, if they are."""

    key_file: Path
    folder: Path | None


def selection_of(asked: WorkAsked) -> Selection:
    """Which decisions."""
    return Selection(since=asked.since, until=asked.until, rule=asked.rule, release=asked.release, card=asked.card)


def how_many(connection: Connection, asked: WorkAsked) -> int:
    """How many records it is of; 0 where nothing tells that beforehand."""
    if asked.what in (WHOLE, CERTIFICATE):
        return read_head(connection)[1].size
    return count_of(connection, selection_of(asked)) if asked.what in ("ndjson", "audit-event", "recall") else 0


def do(
    connection: Connection,
    words: Dialect,
    asked: WorkAsked,
    to: IO[bytes],
    as_of: datetime,
    verifying: Verifying,
    progress: Callable[[int], None],
) -> tuple[tuple[str, ...], bool]:
    """Write what was asked for; of a verification, what was found, and whether all is in order.

    Args:
        connection: one snapshot.
        words: of its database.
        asked: what.
        to: where, in bytes.
        as_of: now, UTC.
        verifying: what a verification needs.
        progress: told how many records were verified.

    Raises:
        SettingsBroken: the public keys of a verification cannot be read.
    """
    selection = selection_of(asked)
    if asked.what == CERTIFICATE:
        keys, notes = load_public_keys(verifying.key_file), []
        if verifying.folder is not None:
            notes = list(published(verifying.folder))
        report = verify(DatabaseSource(connection, words), keys, notes, progress)
        with_published = verifying.folder is not None
        to.write(certificate_of(connection, report, as_of, with_published=with_published).encode())
        return tuple(told(report, with_published=with_published).splitlines()), report.in_order
    if asked.what == WHOLE:
        write_export(DatabaseSource(connection, words), to)
    elif asked.what in REPORTS:
        columns, rows = reported(connection, selection, asked.what, as_of, IGNORED_AFTER)
        write_rows(to, columns, rows)
    else:
        FORMATS[asked.what](connection, selection, to)
    return (), True
