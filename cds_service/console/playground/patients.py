"""A story, a described patient, or a pasted text -> the body of a hook request.

A described patient becomes a story of `fhir_fixtures/` first, so what can be described here can be kept there.
"""

import json
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from cds_service.console.playground.choices import Choices
from cds_service.console.playground.inputs import LONGEST_REQUEST, Inputs, Mode
from cds_service.console.untrusted import members
from fhir_fixtures.build import HOOKS, record, request, stories
from fhir_fixtures.renaming import UntranslatableError
from fhir_fixtures.resources import ORDERED_ON

DESCRIBED = "described"
ORDER_DAY = date.fromisoformat(ORDERED_ON)
ONSET_DAYS = 14  # how long ago problems of a described patient began, and were measured
OLDEST, LONGEST_DAYS, MOST_A_DAY, LARGEST = 130, 3_650, 48, 10_000


class InputsUnusableError(Exception):
    """What was entered cannot be fired; the message says what to change, without quoting it."""


def body_of(inputs: Inputs, choices: Choices, instance: UUID) -> bytes:
    """The body of the hook request.

    Args:
        inputs: what was entered.
        choices: what could be.
        instance: becomes `hookInstance`, of all but a pasted request.

    Raises:
        InputsUnusableError: there is no such story, a value makes no sense, or the text is no hook request.
    """
    if inputs.mode is Mode.PASTE:
        return _pasted(inputs.request)
    if inputs.hook not in HOOKS or inputs.hook not in choices.hooks:
        raise InputsUnusableError("Choose one of the hooks.")
    if inputs.version not in choices.versions:
        raise InputsUnusableError("Choose one of the FHIR versions.")
    name, story = (DESCRIBED, described(inputs, choices)) if inputs.mode is Mode.PATIENT else _story(inputs)
    try:
        made = request(name, story, inputs.hook, record(story, f"patient-{name}"), inputs.version)
    except UntranslatableError as error:
        raise InputsUnusableError(
            f"This cannot be said in {inputs.version}: {error}. Choose another version."
        ) from None
    return json.dumps(made | {"hookInstance": str(instance)}, indent=2, ensure_ascii=False).encode()


def hook_of(body: bytes) -> str:
    """The hook of a request that can be read."""
    return str(members(json.loads(body)).get("hook", ""))


def _pasted(text: str) -> bytes:
    if len(text) > LONGEST_REQUEST:
        raise InputsUnusableError(f"The text is longer than the {LONGEST_REQUEST:,} characters read here.")
    if not text.strip():
        raise InputsUnusableError("Paste a hook request: a JSON object with `hook`, `hookInstance` and `context`.")
    try:
        read = json.loads(text)
    except json.JSONDecodeError as error:
        raise InputsUnusableError(
            f"This is not JSON: {error.msg}, in line {error.lineno} at character {error.colno}."
        ) from None
    except (ValueError, RecursionError):
        raise InputsUnusableError(
            "This is not JSON that can be read: a number is too long, or it nests too deeply."
        ) from None
    if not isinstance(members(read).get("hook"), str):
        raise InputsUnusableError(
            "This is not a hook request: it should be a JSON object with a member `hook`, a text."
        )
    return text.encode("utf-8", "surrogatepass")


def _story(inputs: Inputs) -> tuple[str, dict[str, Any]]:
    story = stories().get(inputs.story)
    if story is None:
        raise InputsUnusableError("Choose one of the stories.")
    if inputs.version in story.get("not_in", ()):
        raise InputsUnusableError(f"This story cannot be told in {inputs.version}; choose another version.")
    return inputs.story, story


def described(inputs: Inputs, choices: Choices) -> dict[str, Any]:
    """The patient and the order as a story.

    Raises:
        InputsUnusableError: a value makes no sense.
    """
    since = (ORDER_DAY - timedelta(days=ONSET_DAYS)).isoformat()
    problems = _chosen("problems", inputs.problems, {one.value for one in choices.problems})
    drugs = _chosen("medicines", inputs.drugs, {one.value for one in choices.drugs})
    draft = _draft(inputs, choices)
    return {
        "patient": _patient(inputs, choices),
        "encounter": {"class": inputs.encounter} if inputs.encounter in choices.encounters else {},
        "drafts": [{"id": "draft-1", **draft}],
        "conditions": [
            {"id": f"problem-{number}", "code": code, "onset": since} for number, code in enumerate(problems, start=1)
        ],
        "medications": [
            *({"id": f"drug-{number}", "drug": code, "authored": since} for number, code in enumerate(drugs, start=1)),
            *_taken_already(inputs, draft),
        ],
        "labs": [
            {"id": one.name, "code": one.code, "unit": one.unit, "taken": since}
            | {"value": _number(inputs.measured[one.name], one.label, most=LARGEST)}
            for one in choices.measurements
            if one.name in inputs.measured
        ],
        "prefetch": {"omit": list(_chosen("parts not sent", inputs.omitted, set(choices.sections)))},
    }


def _patient(inputs: Inputs, choices: Choices) -> dict[str, Any]:
    told: dict[str, Any] = {"gender": inputs.gender} if inputs.gender in choices.genders else {}
    if inputs.age:
        years = int(_number(inputs.age, "age", most=OLDEST, whole=True))
        told["birth_date"] = date(ORDER_DAY.year - years, 1, 15).isoformat()
    return told


def _draft(inputs: Inputs, choices: Choices) -> dict[str, Any]:
    if inputs.product not in {one.value for one in choices.products}:
        raise InputsUnusableError("Choose a product.")
    draft: dict[str, Any] = {"drug": inputs.product}
    if inputs.product in choices.routes:
        draft["route"] = choices.routes[inputs.product]
    if inputs.dose:
        draft["dose"] = _number(inputs.dose, "dose", most=LARGEST)
    if inputs.times:
        draft["times"] = int(_number(inputs.times, "times a day", most=MOST_A_DAY, whole=True))
    if inputs.days:
        draft["days"] = int(_number(inputs.days, "days", most=LONGEST_DAYS, whole=True))
    if inputs.as_needed:
        draft["as_needed"] = True
    if inputs.reason:
        draft["reasons"] = list(_chosen("reasons", (inputs.reason,), {one.value for one in choices.problems}))
    return draft


def _taken_already(inputs: Inputs, draft: dict[str, Any]) -> list[dict[str, Any]]:
    """An earlier order of the same drug that runs until today."""
    if not inputs.taken:
        return []
    days = int(_number(inputs.taken, "days taken already", most=LONGEST_DAYS, whole=True))
    began = (ORDER_DAY - timedelta(days=days)).isoformat()
    return [{**draft, "id": "earlier", "authored": began, "days": days, "status": "active"}] if days else []


def _chosen(what: str, values: tuple[str, ...], known: set[str]) -> tuple[str, ...]:
    if not set(values) <= known:
        raise InputsUnusableError(f"Choose the {what} from the list; this release does not have all of those.")
    return values


def _number(text: str, what: str, *, most: int, whole: bool = False) -> float:
    try:
        number = float(text)
    except ValueError:
        number = -1.0
    if not 0 <= number <= most or (whole and number != int(number)):
        raise InputsUnusableError(f"The {what} should be a {'whole ' if whole else ''}number from 0 to {most:,}.")
    return int(number) if number == int(number) else number
