"""The packaged stories: hook requests in `fhir_fixtures/`, beside the package (installed or checked out)."""

import difflib
import json
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

FIXTURES = Path(__file__).parents[2] / "fhir_fixtures"
FHIR_VERSION = "r4"
USUAL_HOOK = "order-sign"


class TargetUnusableError(Exception):
    """What was asked for cannot be fired; the message says why and what could be."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Show:
    """One stop of the demonstration: a story, the hook it is fired on, and what to look at."""

    story: str
    hook: str
    look_at: str


def story_names(fixtures: Path = FIXTURES) -> tuple[str, ...]:
    """The stories there are, by name."""
    return tuple(sorted(path.name for path in (fixtures / FHIR_VERSION).glob("*") if path.is_dir()))


def shows(fixtures: Path = FIXTURES) -> tuple[Show, ...]:
    """What the demonstration shows, in order."""
    told = tomllib.loads((fixtures / "demo.toml").read_text(encoding="utf-8"))
    return tuple(Show(story=one["story"], hook=one["hook"], look_at=one["look_at"]) for one in told["show"])


def hook_request(target: str, hook: str | None, fixtures: Path = FIXTURES) -> dict[str, Any]:
    """The hook request of a story, or of a file.

    Args:
        target: name of a story, or path of a JSON file.
        hook: which request of a story (default: the usual one); for a file the hook it must name.
        fixtures: folder of the stories.

    Raises:
        TargetUnusableError: no such story or file, not a hook request, or one of another hook.
    """
    named = target in story_names(fixtures)
    path = fixtures / FHIR_VERSION / target / f"{hook or USUAL_HOOK}.json" if named else Path(target)
    if not path.is_file():
        raise TargetUnusableError(_nothing_there(target, hook, fixtures, named=named))
    try:
        request = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise TargetUnusableError(f"{path} cannot be read as JSON: {error}.") from error
    if not isinstance(request, dict) or not isinstance(request.get("hook"), str):
        raise TargetUnusableError(f"{path} is not a hook request: it should be a JSON object with a member `hook`.")
    if hook and request["hook"] != hook:
        raise TargetUnusableError(f"{path} is a request of {request['hook']}, not of {hook}: leave --hook out.")
    return request


def _nothing_there(target: str, hook: str | None, fixtures: Path, *, named: bool) -> str:
    if named:
        there = _listed(sorted(path.stem for path in (fixtures / FHIR_VERSION / target).glob("*-*.json")))
        return f"The story {target} has no request of {hook}; it has {there}."
    names = story_names(fixtures)
    if not names:
        return f"There is no file {target}, and no story is installed at {fixtures}."
    near = difflib.get_close_matches(target, names, n=3, cutoff=0.4)
    hint = f"Did you mean {_listed(near)}?" if near else f"The stories are {_listed(names)}."
    return f"There is no story and no file {target}. {hint}"


def _listed(names: Sequence[str]) -> str:
    return ", ".join(names)
