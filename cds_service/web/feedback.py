"""The body of a feedback call -> `Feedback`: everything in it is good, or nothing of it is taken.

A comment is free text and may name a patient: only that there was one goes on from here. Source: CDS Hooks 2.0.1,
"Feedback".
"""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import UNSET, Meta, Raw, UnsetType

from cds_service.domain.client import Client
from cds_service.domain.decision import Feedback
from cds_service.domain.errors import NotConformant
from cds_service.web.body import check_strict, joined, members
from cds_service.web.envelope import Entry, OlderReason, OverrideReason, Reason, Shape
from cds_service.web.explain import refusal, schema_of

ReadFeedback = Callable[[bytes, str, Client, datetime], tuple[Feedback, ...]]
_LIST = ("feedback",)
_older_reason = msgspec.json.Decoder(OlderReason | tuple[OlderReason, ...])


def make_read_feedback(new_uuid: Callable[[], UUID], max_depth: int, most: int) -> ReadFeedback:
    """What turns the body of a feedback call into records.

    Args:
        new_uuid: ids of the records.
        max_depth: how deep JSON may nest.
        most: entries of one call at most.
    """

    class Body(Shape):
        feedback: Annotated[tuple[Entry, ...], Meta(max_length=most)]

    decode, schema = msgspec.json.Decoder(Body).decode, schema_of(Body)

    def read_feedback(body: bytes, service_id: str, client: Client, received_at: datetime) -> tuple[Feedback, ...]:
        """The records of a body.

        Raises:
            NotUnderstood, NotConformant: something in it is wrong; the message says what.
        """
        found = members(body)
        if "feedback" in found:
            check_strict("feedback", found["feedback"], max_depth)
        listed = joined(found, _LIST)
        try:
            entries = decode(listed).feedback
        except msgspec.DecodeError:
            raise refusal(listed, schema) from None
        return tuple(
            _record(entry, f"feedback[{at}]", str(new_uuid()), service_id, client, received_at)
            for at, entry in enumerate(entries)
        )

    return read_feedback


def _record(entry: Entry, at: str, id_: str, service_id: str, client: Client, received_at: datetime) -> Feedback:
    accepted = entry.outcome == "accepted"
    if accepted and not entry.accepted_suggestions:
        path = f"{at}.acceptedSuggestions"
        raise NotConformant(f"{path} is missing; name the accepted suggestions.", at=path)
    why = _older(entry.override_reasons) if entry.override_reason is UNSET else entry.override_reason
    reason = UNSET if why is UNSET else why.reason
    return Feedback(
        id=id_,
        received_at=received_at,
        service_id=service_id,
        client=client.issuer,
        card=entry.card,
        outcome=entry.outcome,
        outcome_at=_instant(entry.outcome_timestamp, f"{at}.outcomeTimestamp"),
        accepted=tuple(one.id for one in entry.accepted_suggestions) if accepted else (),
        reason_code="" if reason is UNSET else reason.code,
        reason_system="" if reason is UNSET else reason.system,
        has_comment=why is not UNSET and bool(why.user_comment.strip()),
    )


def _older(sent: Raw | UnsetType) -> OverrideReason | UnsetType:
    """`overrideReasons`, the older spelling: one reason, or the first of several; what cannot be read is no reason."""
    if sent is UNSET:
        return UNSET
    try:
        read = _older_reason.decode(sent)
    except msgspec.DecodeError:
        return UNSET
    first = (read[0] if read else UNSET) if isinstance(read, tuple) else read
    if first is UNSET:
        return UNSET
    reason = first.reason if first.reason is not UNSET else Reason(code=first.code, system=first.system)
    return OverrideReason(reason=reason if reason.code else UNSET, user_comment=first.user_comment)


def _instant(text: str, at: str) -> datetime:
    try:
        return datetime.fromisoformat(text.upper()).astimezone(UTC)
    except (ValueError, OverflowError):  # the 30th of February; the first day of the year 1 in the east
        raise NotConformant(f"{at} is no date and time.", at=at) from None
