"""The schema. `log` is the ledger: every record once, in the order of commit, each a leaf of the hash tree.

::

    log               leaf_index, kind, leaf_hash, record: what was recorded, as text, and its leaf
      ├─ log_nodes        roots of complete subtrees, every eighth level: proofs without reading the whole log
      ├─ log_head         one row: the size of the log and the frontier to go on from; who appends locks it
      └─ checkpoints      signed statements of size and root
    decisions, cards, suggestions, feedback, accepted_suggestions, access, releases
                      an index of what the records say, for questions; `verify` holds it against them
    tokens, accounts, sessions, attempts
                      who may call and who may read; no part of the record

Rows are only ever added (but for the head's). Texts have no length here: what comes from outside is bounded where it
comes in. Leaf indexes begin at 0 and have no holes. There are no foreign keys: they would cost each commit, and
`verify` holds every row against the record it comes from, which is more than they can.
"""

from datetime import UTC, datetime

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    DateTime,
    Dialect,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
)


class UtcTime(TypeDecorator[datetime]):
    """A moment: `timestamptz` in PostgreSQL, ISO text in UTC in SQLite; always an aware UTC datetime in Python."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002  by name
        """The moment in UTC.

        Raises:
            ValueError: a datetime without a zone: nobody could tell which moment it means.
        """
        if value is None:
            return None
        if value.tzinfo is not UTC:
            if value.tzinfo is None:
                raise ValueError("A moment without a time zone cannot be stored.")
            value = value.astimezone(UTC)
        return value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002  by name
        """The moment as stored, its zone stated."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


metadata = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    }
)

INDEX = "leaf_index"
HEAD = 1  # the id of the head's only row
Place = BigInteger().with_variant(Integer, "sqlite")  # in SQLite only INTEGER can be the table's own key


def _leaf_index(*, primary: bool = False) -> Column[int]:
    return Column(INDEX, Place, primary_key=primary, autoincrement=False, nullable=False)


# The log --------------------------------------------------------------------------------------------------------------

log = Table(
    "log",
    metadata,
    Column(INDEX, Place, primary_key=True, autoincrement=False),
    Column("kind", String, nullable=False),
    Column("leaf_hash", LargeBinary, nullable=False),  # 32 bytes, see `merkle`
    Column("record", Text),  # canonical JSON, see `record`; nullable, for records whose time to be kept is over
)

log_nodes = Table(
    "log_nodes",
    metadata,
    Column("level", Integer, primary_key=True),  # 8, 16, …: the root of 2 to the level leaves
    Column("position", Place, primary_key=True),  # which of its level
    Column("hash", LargeBinary, nullable=False),
)

log_head = Table(
    "log_head",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("origin", String, nullable=False),  # the name of this log, made at random with it
    Column("size", Place, nullable=False),
    Column("frontier", LargeBinary, nullable=False),  # see `merkle.Frontier`
)

checkpoints = Table(
    "checkpoints",
    metadata,
    Column("size", Place, primary_key=True, autoincrement=False),
    Column("note", Text, nullable=False),  # signed, see `note`
)

# The index ------------------------------------------------------------------------------------------------------------

decisions = Table(
    "decisions",
    metadata,
    _leaf_index(primary=True),
    Column("id", String, nullable=False, unique=True),
    Column("received_at", UtcTime, nullable=False),
    Column("answered_at", UtcTime, nullable=False),
    Column("duration_us", BigInteger, nullable=False),  # microseconds
    Column("hook", String, nullable=False),
    Column("service_id", String, nullable=False),
    Column("hook_instance", String, nullable=False),
    Column("client", String, nullable=False),
    Column("tenant", String, nullable=False),
    Column("dialect", String, nullable=False),
    Column("user_pseudonym", String, nullable=False),
    Column("patient_pseudonym", String, nullable=False),
    Column("encounter_pseudonym", String, nullable=False),
    Column("fhir_version", String, nullable=False),
    Column("body_sha256", String, nullable=False),
    Column("content_version", String, nullable=False),
    Column("content_sha256", String, nullable=False),
    Column("software_version", String, nullable=False),
    Column("status", Integer, nullable=False),
    Column("mode", String, nullable=False),
    Column("incomplete", Boolean, nullable=False),  # a section was not to be had
    Column("degraded", Boolean, nullable=False),
    Column("not_assessed", Integer, nullable=False),  # rulings that could not tell
    Column("failed", Integer, nullable=False),  # rulings of rules that broke
    Column("order_count", Integer, nullable=False),
    Column("card_count", Integer, nullable=False),
    Index(None, "received_at"),
    Index(None, "client", "received_at"),
    Index(None, "hook", "received_at"),
    Index(None, "content_version", "received_at"),
)

cards = Table(
    "cards",
    metadata,
    Column("uuid", String, primary_key=True),
    _leaf_index(),  # of the decision
    Column("position", Integer, nullable=False),
    Column("rule", String, nullable=False),
    Column("indicator", String, nullable=False),
    Column("summary", Text, nullable=False),
    Column("received_at", UtcTime, nullable=False),  # of the decision, so that rule and time are one index
    Column("client", String, nullable=False),
    Index(None, INDEX),
    Index(None, "rule", "received_at"),
    Index(None, "indicator", "received_at"),
)

suggestions = Table(
    "suggestions",
    metadata,
    Column("uuid", String, primary_key=True),
    _leaf_index(),  # of the decision
    Column("card", String, nullable=False),
    Column("position", Integer, nullable=False),
    Column("alternative", String, nullable=False),
    Index(None, INDEX),
)

feedback = Table(
    "feedback",
    metadata,
    _leaf_index(primary=True),
    Column("id", String, nullable=False, unique=True),
    Column("received_at", UtcTime, nullable=False),
    Column("service_id", String, nullable=False),
    Column("client", String, nullable=False),
    Column("card", String, nullable=False),  # as sent: no foreign key, it may be nobody's card
    Column("orphan", Boolean, nullable=False),  # this client was sent no such card by anything earlier in the log
    Column("outcome", String, nullable=False),
    Column("outcome_at", UtcTime, nullable=False),
    Column("reason_code", String, nullable=False),
    Column("reason_system", String, nullable=False),
    Column("reason_mapped", String, nullable=False),
    Column("has_comment", Boolean, nullable=False),
    Index(None, "card"),
    Index(None, "received_at"),
)

accepted_suggestions = Table(
    "accepted_suggestions",
    metadata,
    _leaf_index(primary=True),  # of the feedback
    Column("position", Integer, primary_key=True),
    Column("suggestion", String, nullable=False),  # as sent, like `feedback.card`
    Index(None, "suggestion"),
)

access = Table(
    "access",
    metadata,
    _leaf_index(primary=True),
    Column("id", String, nullable=False, unique=True),
    Column("at", UtcTime, nullable=False),
    Column("who", String, nullable=False),
    Column("through", String, nullable=False),
    Column("what", String, nullable=False),
    Column("records", BigInteger, nullable=False),  # how many were shown or copied
    Index(None, "at"),
)

releases = Table(
    "releases",
    metadata,
    _leaf_index(primary=True),
    Column("id", String, nullable=False, unique=True),
    Column("at", UtcTime, nullable=False),
    Column("version", String, nullable=False),
    Column("sha256", String, nullable=False),
    Column("software_version", String, nullable=False),
)

# Beside the log -------------------------------------------------------------------------------------------------------

tokens = Table(
    "tokens",
    metadata,
    Column("issuer", String, primary_key=True),
    Column("token_id", String, primary_key=True),
    Column("expires_at", BigInteger, nullable=False),  # seconds since 1970
    Index(None, "expires_at"),
)

# Who may read it ------------------------------------------------------------------------------------------------------

accounts = Table(
    "accounts",
    metadata,
    Column("name", String, primary_key=True),
    Column("password_hash", String, nullable=False),  # argon2id, as PHC writes it
    Column("roles", String, nullable=False),  # separated by blanks
    Column("active", Boolean, nullable=False),
    Column("created_at", UtcTime, nullable=False),
    Column("password_at", UtcTime, nullable=False),
)

sessions = Table(
    "sessions",
    metadata,
    Column("secret_sha256", String, primary_key=True),  # of what the browser holds: this table opens no door
    Column("name", String, nullable=False),
    Column("issuer", String, nullable=False),  # of the identity provider; empty for an account of ours
    Column("roles", String, nullable=False),  # as the identity provider said; those of an account are its own
    Column("opened_at", UtcTime, nullable=False),
    Column("seen_at", UtcTime, nullable=False),
    Index(None, "name", "issuer"),
)

attempts = Table(
    "attempts",
    metadata,
    Column("id", String, primary_key=True),
    Column("about", String, nullable=False),  # keyed hash of a name, an address, or both
    Column("at", UtcTime, nullable=False),
    Index(None, "about", "at"),
    Index(None, "at"),
)

INDEX_TABLES = (decisions, cards, suggestions, feedback, accepted_suggestions, access, releases)  # parents first
IN_ORDER = (log, log_nodes, *INDEX_TABLES)  # tables that a commit adds rows to, in the order in which it does
