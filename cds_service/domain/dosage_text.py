"""A dosage in free text -> amount, times per day, days; only what it says without doubt (knowledge 2.6, step 5).

English, as US and UK prescribers write it. What is negated ("do not take 5 mg") does not count; what limits
("no more than 3 a day") is a limit. Two amounts that do not agree are no amount. The text itself is not kept.
"""

import re
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache

from cds_service.domain.terminology import LONGEST_TEXT
from cds_service.domain.units import Kind, dose_unit, readable

_WORDS = {
    "half": "0.5",
    "a": "1",
    "an": "1",
    "one": "1",
    "two": "2",
    "three": "3",
    "four": "4",
    "five": "5",
    "six": "6",
}
_WORDS |= {
    "seven": "7",
    "eight": "8",
    "ten": "10",
    "fourteen": "14",
    "½": "0.5",
    "once": "1",
    "twice": "2",
    "thrice": "3",
}
_DIGITS = r"(?:[0-9]+ )?[0-9]+ ?/ ?[0-9]+|[0-9]+(?:[.,][0-9]+)?|[.][0-9]+"
_NUMBER = rf"(?:{_DIGITS}|half(?: an?)?|½|one|two|three|four|five|six|seven|eight|ten|fourteen)"
_UNIT = (
    r"(?:mg/kg|mcg/kg|mg|mcg|[µμ]g|ug|milligrams?|grams?|g|ml|millilit(?:er|re)s?|tab(?:let)?s?|cap(?:sule)?s?|pills?"
    r"|films?|sprays?|suppositor(?:y|ies))"
)
_TO = r" ?(?:-|–|to|or) ?"
_AMOUNT = re.compile(
    rf"(?<![\w./,])(?P<low>{_NUMBER})(?:(?:[ -]?{_UNIT})?{_TO}(?P<high>{_NUMBER}))?[ -]?(?P<unit>{_UNIT})\b"
    r"(?! ?/ ?(?:[0-9.]+ ?)?ml\b)(?P<daily> ?(?:/|per|a|each|in|every) ?(?:24 ?h(?:ours|rs)?|day|d)\b)?"
)
_LIMIT = re.compile(r"\b(?:max(?:imum)?|exceed|(?:no|not) (?:to take )?more than)\b(?: [\w:]+){0,3}[ :]*$")
_NEGATED = re.compile(r"\b(?:no|not|never|without|stop|avoid|don'?t)\b(?: [\w']+){0,2} ?$")
_PER_DAY = r"(?:daily|(?: ?/ ?| ?(?:a|per|each|every|in a) )day|per 24 h(?:ours)?|in 24 h(?:ours)?)"
_EVERY = re.compile(
    rf"\b(?:every|each|q) ?(?P<low>{_NUMBER})(?:{_TO}(?P<high>{_NUMBER}))? ?"
    r"(?P<unit>hours?|hrs?|h|days?|d|weeks?|wks?)\b"
)
_TIMES = re.compile(
    rf"\b(?P<low>{_NUMBER}|once|twice|thrice)(?:{_TO}(?P<high>{_NUMBER}|twice))?(?: ?(?:x|×|times|doses))? ?"
    rf"(?P<unit>{_PER_DAY}|(?:a|per|each|every) week|weekly|/ ?week)"
)
_SHORT = {"qd": 1, "bid": 2, "bd": 2, "bds": 2, "tid": 3, "tds": 3, "qid": 4, "qds": 4, "qhs": 1, "qam": 1, "qpm": 1}
_SHORT |= {"hs": 1}
_SHORT_WORD = re.compile(r"\b(?:q\.?d\.?s?|b\.?i\.?d|b\.?d\.?s?|t\.?i\.?d|t\.?d\.?s|q\.?i\.?d|q\.?h\.?s|qam|qpm|hs)\b")
_ALTERNATE = re.compile(r"\b(?:every (?:other|second) day|alternate days|qod|q\.o\.d)\b")
_MOMENTS = {
    "morning": re.compile(r"\b(?:morning|breakfast|qam|mane)\b"),
    "noon": re.compile(r"\b(?:noon|midday|lunch)\b"),
    "afternoon": re.compile(r"\bafternoon\b"),
    "evening": re.compile(r"\b(?:evening|dinner|supper|qpm)\b"),
    "night": re.compile(r"\b(?:bedtime|night|nightly|qhs|hs|nocte)\b"),
}
_DAILY = re.compile(rf"\b{_PER_DAY}")
_WEEKLY = re.compile(r"\bweekly\b")
_FOR_DAYS = re.compile(
    rf"(?:\bfor|\bx|×) ?(?:up to )?(?P<low>{_NUMBER}|a)(?:{_TO}(?P<high>{_NUMBER}))?[ -]?"
    r"(?P<unit>days?|d|weeks?|wks?|months?)\b"
)
_FOR_DAYS_WRITTEN = re.compile(_FOR_DAYS.pattern, re.IGNORECASE)
_ONCE = re.compile(r"\b(?:stat|once|one time|1 time|single dose)\b")
_RHYTHM = re.compile(rf"{_PER_DAY}|\bdaily\b|\bevery\b|\beach\b|\bnightly\b|\bweekly\b|(?:a|per) week")
_AS_NEEDED = re.compile(r"\b(?:as needed|prn|p\.r\.n|(?:when|if) (?:needed|required|necessary)|as required)\b")
_DAYS = {"d": 1, "w": 7, "m": 30}


@dataclass(frozen=True, slots=True, kw_only=True)
class TextAmount:
    """An amount met in a text: the highest of a range, with its unit as written."""

    value: Decimal
    unit: str

    @property
    def kind(self) -> Kind:
        """What the unit measures."""
        return dose_unit("", self.unit).kind


@dataclass(frozen=True, slots=True, kw_only=True)
class TextDosage:
    """What a dosage text says.

    Attributes:
        amounts: distinct amounts for one dose. daily: an amount for a whole day. limit: not to be exceeded in a day.
        times: doses per day at most. days: how long. once: a single dose. as_needed: only when needed.
        garbled: it holds a number that can be read in two ways.
    """

    amounts: tuple[TextAmount, ...] = ()
    daily: TextAmount | None = None
    limit: TextAmount | None = None
    times: Fraction | None = None
    days: int | None = None
    once: bool = False
    as_needed: bool = False
    garbled: bool = False


SILENT = TextDosage()
MOST_REMEMBERED = 512  # texts; prescribers write the same few, and a change to an order reads its text again


@lru_cache(maxsize=MOST_REMEMBERED)
def read(text: str) -> TextDosage:
    """Read a dosage text; what it does not say stays empty."""
    plain = " ".join(text[:LONGEST_TEXT].casefold().split())
    if not plain:
        return SILENT
    amounts: dict[TextAmount, None] = {}
    daily: TextAmount | None = None
    limit: TextAmount | None = None
    garbled = False
    for found in _AMOUNT.finditer(plain):
        value = _highest(found)
        if value is None:
            garbled = True
            continue
        amount = TextAmount(value=value, unit=found["unit"])
        before = _clause(plain, found.start())
        if _LIMIT.search(before):
            limit = amount if found["daily"] or _RHYTHM.match(plain[found.end() :].lstrip()) else limit
        elif _NEGATED.search(before):
            continue
        elif found["daily"] and "divided" in plain:
            daily = amount
        else:
            amounts[amount] = None
    times = times_per_day(plain)
    return TextDosage(
        amounts=tuple(amounts),
        daily=daily,
        limit=limit,
        times=times,
        days=_days(plain),
        once=once(plain),
        as_needed=bool(_AS_NEEDED.search(plain)),
        garbled=garbled,
    )


def with_days(text: str, days: int) -> str | None:
    """The text with the length it names replaced; as it is where it names none.

    `None`: its length cannot be replaced safely (steps, say), so that it would contradict the order around it.
    """
    if read(text).days in (None, days):
        return text
    written = " ".join(text.split())
    changed = _FOR_DAYS_WRITTEN.sub(f"for {days} days", written)
    return changed if read(changed).days == days and len(changed) <= LONGEST_TEXT else None


def once(text: str) -> bool:
    """Whether a text means a single dose: `once` or `STAT`, without `daily`, `a day`, `every …` (ruling 27)."""
    plain = text[:LONGEST_TEXT].casefold()
    return bool(_ONCE.search(plain)) and not _RHYTHM.search(plain)


def times_per_day(text: str) -> Fraction | None:
    """The most doses per day a text allows; `None` when it does not say."""
    plain = " ".join(text[:LONGEST_TEXT].casefold().split())
    rates: list[Fraction] = []
    for found in _EVERY.finditer(plain):
        period = _number(found["low"])
        if period and not _negated(plain, found.start()):
            rates.append(
                {"h": Fraction(24), "d": Fraction(1), "w": Fraction(1, 7)}[found["unit"][0]] / Fraction(period)
            )
    for found in _TIMES.finditer(plain):
        value = _number(found["high"] or found["low"])
        if value and not _negated(plain, found.start()):
            rates.append(Fraction(value) / (7 if "week" in found["unit"] else 1))
    rates += [Fraction(_SHORT[found[0].replace(".", "")]) for found in _SHORT_WORD.finditer(plain)]
    if _ALTERNATE.search(plain):
        rates.append(Fraction(1, 2))
    if rates:
        return max(rates)
    moments = sum(
        1 for pattern in _MOMENTS.values() if (at := pattern.search(plain)) and not _negated(plain, at.start())
    )
    if moments:
        return Fraction(moments)
    at = _DAILY.search(plain)
    if at and not _negated(plain, at.start()):
        return Fraction(1)
    return Fraction(1, 7) if _WEEKLY.search(plain) else None


def _days(plain: str) -> int | None:
    found = [
        int(Fraction(value) * _DAYS[at["unit"][0]])
        for at in _FOR_DAYS.finditer(plain)
        if (value := _highest(at)) is not None and not _negated(plain, at.start())
    ]
    if not found:
        return None
    return sum(found) if "then" in plain.split() else max(found)


def _clause(plain: str, end: int) -> str:
    """The text before a place, back to the last stop: a "not" of another sentence says nothing here."""
    return re.split(r"[.;,!\n](?: |$)", plain[max(0, end - 60) : end])[-1]


def _negated(plain: str, at: int) -> bool:
    before = _clause(plain, at)
    return bool(_NEGATED.search(before)) and not _LIMIT.search(before)


def _highest(found: re.Match[str]) -> Decimal | None:
    return _number(found["high"] or found["low"])


def _number(text: str) -> Decimal | None:
    """A number as written; `None` when it can be read in two ways (`1,000`) or is absurd."""
    plain = text.strip().removesuffix(" a").removesuffix(" an")
    if plain in _WORDS:
        return Decimal(_WORDS[plain])
    if "," in plain and len(plain.split(",")[1]) == 3:
        return None
    whole, _, part = (
        plain.rpartition(" ") if "/" in plain and " /" not in plain and "/ " not in plain else ("", "", plain)
    )
    if "/" in part:
        top, bottom = part.replace(" ", "").split("/")
        if len(top) > 3 or len(bottom) > 3 or not int(bottom):
            return None
        value = Decimal(top) / Decimal(bottom) + Decimal(whole or 0)
    else:
        value = Decimal(part.replace(",", ".")) if len(part) <= 12 else Decimal("NaN")
    return readable(value)
