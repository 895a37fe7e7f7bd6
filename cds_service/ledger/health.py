"""How the ledger is: for `/readyz`, metrics, and whoever is called at night."""

from dataclasses import dataclass

from cds_service.ledger.proof.note import Checkpoint


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """How the ledger of one process is.

    Attributes:
        database: why the database cannot be written; empty when it could be, the last time.
        spool: why the spool cannot; empty likewise, and where there is none.
        has_spool: records can wait while the database cannot be written.
        waiting: records in the spool. rejected: records that stand aside there, see `deliver`.
        unrecorded: calls that were refused since the start, because their record could be kept nowhere.
        checkpoint, published: the newest; `None` where this process knows of none.
        checkpoints: why none can be made or published; empty when all is well.
    """

    database: str
    spool: str
    has_spool: bool
    waiting: int
    rejected: int
    unrecorded: int
    checkpoint: Checkpoint | None
    published: Checkpoint | None
    checkpoints: str

    @property
    def ready(self) -> bool:
        """Whether the next decision can be kept."""
        return not self.database or (self.has_spool and not self.spool)

    @property
    def degraded(self) -> bool:
        """Whether somebody should look: nothing is lost yet."""
        return bool(self.database or self.spool or self.waiting or self.rejected or self.unrecorded or self.checkpoints)
