"""What was asked for in an address <-> `Filters`. Whatever is not of the form it should have is refused, and said."""

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta

from flask import abort

from cds_service.domain.audit import Filters, Place

NAMES = ("since", "until", "rule", "indicator", "outcome", "state", "client", "hook", "release")
OUTCOMES = {"accepted": "accepted", "overridden": "overridden", "none": "no feedback"}
STATES = {
    "degraded": "degraded",
    "not-assessed": "a rule could not tell",
    "silent": "no card",
    "shadow": "in shadow, shown to nobody",
}
INDICATORS = ("info", "warning", "critical")
OPEN_MODE = "-"  # as a client
LONGEST = 300
_WORD = re.compile(r"[A-Za-z0-9._-]{1,100}")
_PLACE = re.compile(r"(\d{1,17})\.(\d{1,18})")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def read_filters(asked: Mapping[str, str]) -> Filters:
    """The filters of an address; 400 for one that cannot be meant."""
    return Filters(
        since=_moment(asked, "since"),
        until=_moment(asked, "until", days=1),
        rule=_word(asked, "rule"),
        indicator=_one_of(asked, "indicator", INDICATORS),
        outcome=_one_of(asked, "outcome", OUTCOMES),
        state=_one_of(asked, "state", STATES),
        client=_text(asked, "client"),
        hook=_word(asked, "hook"),
        release=_word(asked, "release"),
        after=_place(asked.get("after", "")),
    )


def as_asked(asked: Mapping[str, str]) -> dict[str, str]:
    """The filters again, for an address or the access log: only those that were given."""
    return {name: asked[name].strip() for name in NAMES if asked.get(name, "").strip()}


def written(place: Place) -> str:
    """A place as it stands in an address."""
    return f"{(place.received_at - _EPOCH) // timedelta(microseconds=1)}.{place.leaf_index}"


def day_of(text: str, name: str) -> date | None:
    """A day; 400 for what is none."""
    if not text.strip():
        return None
    try:
        day = date.fromisoformat(text.strip())
    except ValueError:
        day = None
    if day is None or not 1970 <= day.year <= 2200:
        abort(400, f"“{name}” should be a day like 2026-03-31.")
    return day


def number_of(text: str) -> int | None:
    """A place in the log; 400 for what is none."""
    if not text:
        return None
    if not re.fullmatch(r"\d{1,18}", text, re.ASCII):
        abort(400, "This address was cut or changed; start from the first page.")
    return int(text)


def _moment(asked: Mapping[str, str], name: str, days: int = 0) -> datetime | None:
    """The beginning of a day in UTC; `days` later where the day itself is meant to be in."""
    day = day_of(asked.get(name, ""), name)
    return None if day is None else datetime.combine(day, time(), UTC) + timedelta(days=days)


def _word(asked: Mapping[str, str], name: str) -> str:
    text = asked.get(name, "").strip()
    if text and not _WORD.fullmatch(text):
        abort(400, f"“{name}” should be one word of letters, digits, and . _ -")
    return text


def _text(asked: Mapping[str, str], name: str) -> str:
    text = asked.get(name, "").strip()
    if len(text) > LONGEST or not text.isprintable():
        abort(400, f"“{name}” should be a text of at most {LONGEST} characters.")
    return text


def _one_of(asked: Mapping[str, str], name: str, allowed: Mapping[str, str] | tuple[str, ...]) -> str:
    text = asked.get(name, "").strip()
    if text and text not in allowed:
        abort(400, f"“{name}” should be one of {', '.join(allowed)}.")
    return text


def _place(text: str) -> Place | None:
    if not text:
        return None
    found = _PLACE.fullmatch(text)
    try:
        at = _EPOCH + timedelta(microseconds=int(found[1])) if found else None
    except OverflowError:
        at = None
    if found is None or at is None:
        abort(400, "This address was cut or changed; start from the first page.")
    return Place(received_at=at, leaf_index=int(found[2]))
