"""The body of a feedback call -> `Feedback`: everything in it is good, or nothing of it is taken.

A comment is free text and may name a patient: only that there was one goes on from here. Source: CDS Hooks 2.0.1,
"Feedback".
"""

from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import UNSET, Meta, Raw, UnsetType

from cds_service.domain.client import Client
from cds_service.domain.decision import Feedback
from cds_service.domain.errors import NotConformant
from cds_service.domain.reasons import ReasonTable
from cds_service.web.body import check_strict, joined, members
from cds_service.web.envelope import Code, Entry, OlderReason, OverrideReason, Reason, Shape
from cds_service.web.explain import refusal, schema_of

ReadFeedback = Callable[[bytes, str, Client, datetime], tuple[Feedback, ...]]
_LIST = ("feedback",)
_older_reason = msgspec.json.Decoder(OlderReason | tuple[OlderReason, ...])
_extensions = msgspec.json.Decoder(dict[str, Raw])
SmallNumber = Annotated[int, Meta(ge=0, lt=2**53)]
_in_extension = msgspec.json.Decoder(Reason | Code | SmallNumber)


def make_read_feedback(
    reasons_of: Callable[[Client], ReasonTable], new_uuid: Callable[[], UUID], max_depth: int, most: int
) -> ReadFeedback:
    """What turns the body of a feedback call into records.

    Args:
        reasons_of: how a client tells why a card was overridden.
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
        table, begun = reasons_of(client), partial(Feedback, received_at=received_at, service_id=service_id)
        return tuple(
            _record(entry, f"feedback[{at}]", table, partial(begun, id=str(new_uuid()), client=client.issuer))
            for at, entry in enumerate(entries)
        )

    return read_feedback


def _record(entry: Entry, at: str, table: ReasonTable, begun: Callable[..., Feedback]) -> Feedback:
    accepted = entry.outcome == "accepted"
    if accepted and not entry.accepted_suggestions:
        path = f"{at}.acceptedSuggestions"
        raise NotConformant(f"{path} is missing; name the accepted suggestions.", at=path)
    why = _older(entry.override_reasons) if entry.override_reason is UNSET else entry.override_reason
    reason = _reason(entry, why, table.extensions)
    return begun(
        card=entry.card,
        outcome=entry.outcome,
        outcome_at=_instant(entry.outcome_timestamp, f"{at}.outcomeTimestamp"),
        accepted=tuple(one.id for one in entry.accepted_suggestions) if accepted else (),
        reason_code=reason.code,
        reason_system=reason.system,
        reason_mapped=table.standard_code(reason.system, reason.code),
        has_comment=why is not UNSET and bool(why.user_comment.strip()),
    )


def _reason(entry: Entry, why: OverrideReason | UnsetType, extensions: tuple[str, ...]) -> Reason:
    """The reason as it was sent: where CDS Hooks has it, else in the first extension that the client agreed on."""
    if why is not UNSET and why.reason is not UNSET and why.reason.code:
        return why.reason
    places = (entry.extension, UNSET if why is UNSET else why.extension) if extensions else ()
    found = (_extended(sent, name) for sent in places for name in extensions)
    return next((one for one in found if one.code), Reason())


def _extended(sent: Raw | UnsetType, name: str) -> Reason:
    """The reason that an extension holds: a Coding, or a bare code, which is then of a system of that name."""
    if sent is UNSET:
        return Reason()
    try:
        value = _in_extension.decode(_extensions.decode(sent)[name])
    except (msgspec.DecodeError, KeyError):
        return Reason()
    return value if isinstance(value, Reason) else Reason(code=str(value), system=name)


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
    told = reason if reason.code else UNSET
    return OverrideReason(reason=told, user_comment=first.user_comment, extension=first.extension)


def _instant(text: str, at: str) -> datetime:
    try:
        return datetime.fromisoformat(text.upper()).astimezone(UTC)
    except (ValueError, OverflowError):  # the 30th of February; the first day of the year 1 in the east
        raise NotConformant(f"{at} is no date and time.", at=at) from None
