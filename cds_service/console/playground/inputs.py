"""What was entered in the playground, from its form or from a link: typed, bounded, never trusted further."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from enum import StrEnum
from typing import Any

from werkzeug.datastructures import MultiDict

LONGEST_REQUEST = 1_000_000  # characters of a pasted hook request
LONGEST_FIELD = 4_000  # characters of any other field
MOST_CHOSEN = 50  # boxes ticked in one list


class Mode(StrEnum):
    """Where the hook request comes from."""

    STORY = "story"
    PATIENT = "patient"
    PASTE = "paste"


@dataclass(frozen=True, slots=True, kw_only=True)
class Inputs:
    """One state of the playground; the names are those of the form and of the link.

    Attributes:
        mode: which of the three ways. hook, version: of a story or a patient. story: its name.
        age: completed years; empty: no birth date. problems, drugs: `system|code` of each.
        product: `system|code` of the reviewed drug; dose: mg at a time; times: a day; days: empty for no end.
        taken: days for which it has been taken already. reason: `system|code`. measured: value set -> value.
        omitted: prefetch keys that the client leaves out.
        request: the pasted text. service: base URL of another service; empty for this one.
        token: for the header Authorization; it is in no link.
    """

    mode: Mode = Mode.STORY
    hook: str = "order-sign"
    version: str = "R4"
    story: str = ""
    age: str = ""
    gender: str = ""
    encounter: str = ""
    product: str = ""
    dose: str = ""
    times: str = ""
    days: str = ""
    taken: str = ""
    as_needed: str = ""
    reason: str = ""
    problems: tuple[str, ...] = ()
    drugs: tuple[str, ...] = ()
    omitted: tuple[str, ...] = ()
    measured: Mapping[str, str] = field(default_factory=dict)
    request: str = ""
    service: str = ""
    token: str = ""


LISTS = ("problems", "drugs", "omitted")
MEASURED = "measured-"  # of the names of fields with measurements
SECRET = ("token", "request")  # these stand in no link
TEXTS = tuple(one.name for one in fields(Inputs) if one.name not in (*LISTS, "measured", "mode", "request"))


def read_inputs(sent: "MultiDict[str, str]") -> Inputs:
    """The inputs of a form or a link; what is unknown is ignored, what is too long is cut."""
    mode = sent.get("mode", "")
    texts: dict[str, Any] = {name: sent[name].strip()[:LONGEST_FIELD] for name in TEXTS if name in sent}
    lists: dict[str, Any] = {
        name: tuple(one[:LONGEST_FIELD] for one in sent.getlist(name)[:MOST_CHOSEN]) for name in LISTS
    }
    measured = {
        name.removeprefix(MEASURED): value.strip()[:LONGEST_FIELD]
        for name, value in sent.items()
        if name.startswith(MEASURED) and value.strip()
    }
    return Inputs(
        mode=Mode(mode) if mode in set(Mode) else Mode.STORY,
        request=sent.get("request", "").replace("\r\n", "\n"),
        measured=dict(list(measured.items())[:MOST_CHOSEN]),
        **texts,
        **lists,
    )


def as_pairs(inputs: Inputs) -> list[tuple[str, str]]:
    """The inputs as names and values of a link, without what is empty or secret."""
    used = ("mode", "service", *OF_MODE[inputs.mode])
    pairs = [(name, getattr(inputs, name)) for name in TEXTS if name in used and getattr(inputs, name)]
    pairs += [(name, one) for name in LISTS if name in used for one in getattr(inputs, name)]
    if "measured" in used:
        pairs += [(MEASURED + name, value) for name, value in inputs.measured.items()]
    return [("mode", inputs.mode.value), *((name, value) for name, value in pairs if name not in SECRET)]


_PATIENT = ("age", "gender", "encounter", "product", "dose", "times", "days", "taken", "as_needed", "reason")
OF_MODE: Mapping[Mode, tuple[str, ...]] = {  # what matters in each mode
    Mode.STORY: ("story", "hook", "version"),
    Mode.PATIENT: (*_PATIENT, *LISTS, "measured", "hook", "version"),
    Mode.PASTE: (),
}
