"""The schema: decisions, their cards and suggestions, and the feedback on them. Rows are only ever added.

Texts have no length here: what comes from outside is bounded where it comes in. `decisions.sequence` is the order of
commit within one database; it may have holes where a transaction was rolled back.
"""

from datetime import UTC, datetime

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    DateTime,
    Dialect,
    ForeignKey,
    Index,
    Integer,
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


Sequence = BigInteger().with_variant(Integer, "sqlite")  # SQLite numbers rows by itself only in an INTEGER column

metadata = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    }
)

decisions = Table(
    "decisions",
    metadata,
    Column("sequence", Sequence, primary_key=True, autoincrement=True),
    Column("id", String, nullable=False, unique=True),
    Column("received_at", UtcTime, nullable=False),
    Column("answered_at", UtcTime, nullable=False),
    Column("duration_us", BigInteger, nullable=False),  # microseconds
    Column("hook", String, nullable=False),
    Column("service_id", String, nullable=False),
    Column("hook_instance", String, nullable=False),
    Column("client", String, nullable=False),
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
    Column("not_assessed", Integer, nullable=False),  # rulings that could not tell
    Column("failed", Integer, nullable=False),  # rulings of rules that broke
    Column("order_count", Integer, nullable=False),
    Column("card_count", Integer, nullable=False),
    Column("record", Text, nullable=False),  # canonical JSON, see `record`
    Index(None, "received_at"),
    Index(None, "client", "received_at"),
)

cards = Table(
    "cards",
    metadata,
    Column("uuid", String, primary_key=True),
    Column("decision", String, ForeignKey("decisions.id"), nullable=False),
    Column("position", Integer, nullable=False),
    Column("rule", String, nullable=False),
    Column("indicator", String, nullable=False),
    Column("summary", Text, nullable=False),
    Column("received_at", UtcTime, nullable=False),  # of the decision, so that rule and time are one index
    Column("client", String, nullable=False),
    Index(None, "decision"),
    Index(None, "rule", "received_at"),
)

suggestions = Table(
    "suggestions",
    metadata,
    Column("uuid", String, primary_key=True),
    Column("card", String, ForeignKey("cards.uuid"), nullable=False),
    Column("position", Integer, nullable=False),
    Column("alternative", String, nullable=False),
    Index(None, "card"),
)

feedback = Table(
    "feedback",
    metadata,
    Column("sequence", Sequence, primary_key=True, autoincrement=True),
    Column("id", String, nullable=False, unique=True),
    Column("received_at", UtcTime, nullable=False),
    Column("service_id", String, nullable=False),
    Column("client", String, nullable=False),
    Column("card", String, nullable=False),  # as sent: no foreign key, it may be nobody's card
    Column("orphan", Boolean, nullable=False),
    Column("outcome", String, nullable=False),
    Column("outcome_at", UtcTime, nullable=False),
    Column("reason_code", String, nullable=False),
    Column("reason_system", String, nullable=False),
    Column("has_comment", Boolean, nullable=False),
    Index(None, "card"),
    Index(None, "received_at"),
)

accepted_suggestions = Table(
    "accepted_suggestions",
    metadata,
    Column("feedback", String, ForeignKey("feedback.id"), primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("suggestion", String, nullable=False),  # as sent, like `feedback.card`
    Index(None, "suggestion"),
)

IN_ORDER = (decisions, cards, suggestions, feedback, accepted_suggestions)  # parents first
