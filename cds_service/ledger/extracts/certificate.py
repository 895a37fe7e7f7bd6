"""The integrity certificate: what a verification found, as JSON to be filed beside an audit."""

import json
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from cds_service import __version__
from cds_service.ledger.proof.report import Report
from cds_service.ledger.proof.told import told
from cds_service.ledger.tables import checkpoints, log


def certificate_of(connection: Connection, report: Report, at: datetime, *, with_published: bool) -> str:
    """A certificate.

    Args:
        connection: the snapshot that was verified.
        report: of the verification.
        at: now, UTC.
        with_published: published checkpoints were looked at.
    """
    newest = connection.execute(select(checkpoints.c.note).order_by(checkpoints.c.size.desc()).limit(1)).scalar()
    certified = {
        "certificate": "integrity of the ledger",
        "made_at": at.isoformat(),
        "verified_with": f"cds-service {__version__}",
        "log": report.origin,
        "records": report.records,
        "kinds": report.kinds,
        "erased": report.erased,
        "root": report.root,
        "first": _leaf(connection, newest=False),
        "last": _leaf(connection, newest=True),
        "checkpoints_that_hold": report.checkpoints,
        "covered_by_signed": report.signed.size,
        "covered_by_published": report.published.size,
        "newest_checkpoint": newest,
        "in_order": report.in_order,
        "faults": report.fault_count,
        "verifier": told(report, with_published=with_published).splitlines(),
    }
    return json.dumps(certified, indent=2, ensure_ascii=False) + "\n"


def _leaf(connection: Connection, *, newest: bool) -> dict[str, Any] | None:
    order = log.c.leaf_index.desc() if newest else log.c.leaf_index
    row = connection.execute(
        select(log.c.leaf_index, log.c.kind, log.c.leaf_hash).order_by(order).limit(1)
    ).one_or_none()
    if row is None:
        return None
    return {"leaf_index": row.leaf_index, "kind": row.kind, "leaf_hash": bytes(row.leaf_hash).hex()}
