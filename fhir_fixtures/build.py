"""Write the hook requests of every story from its source: `python -m fhir_fixtures.build`; `--check` only compares.

A story is written once, in `stories/<story>.toml`. From it come, in `r4/<story>/`:

- `medication-prescribe.json`, `order-select.json`, `order-sign.json`: a complete hook request each, with its prefetch;
- `server.json`: the same record as a FHIR server would hold it, a Bundle of type collection;

and in `dstu2/`, `stu3/` and `r5/` the last two of these, said in that version (`request` builds the others, too).

Nothing here depends on the clock or on chance, so writing again changes nothing.
"""

import argparse
import json
import sys
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from uuid import NAMESPACE_URL, uuid5

from fhir_fixtures.resources import (
    PRACTITIONER,
    Json,
    StoryBrokenError,
    allergy,
    condition,
    dropped,
    encounter,
    medication_request,
    observation,
    person,
    service,
    statement,
)
from fhir_fixtures.versions import FOLDERS, bundled, translated

HERE = Path(__file__).parent
STORIES = HERE / "stories"
R4 = HERE / "r4"

HOOKS = {"medication-prescribe": "medications", "order-select": "draftOrders", "order-sign": "draftOrders"}
SEARCHES = ("conditions", "medications", "statements", "allergies", "labs", "services")
PREFETCH_KEYS = ("patient", *SEARCHES, "encounter")
WRITTEN = dict.fromkeys(FOLDERS, ("order-sign",)) | {"R4": tuple(HOOKS)}  # requests kept as files


def record(story: Json, patient_id: str) -> Json:
    """What the chart holds: prefetch key -> resource, or list of resources for a search."""
    patient = f"Patient/{patient_id}"
    return {
        "patient": person(story.get("patient", {}), patient_id),
        "conditions": [condition(one, patient) for one in story.get("conditions", ())],
        "medications": [medication_request(one, patient, status="active") for one in story.get("medications", ())],
        "statements": [statement(one, patient) for one in story.get("statements", ())],
        "allergies": [allergy(one, patient) for one in story.get("allergies", ())],
        "labs": [observation(one, patient) for one in story.get("labs", ())],
        "services": [service(one, patient) for one in story.get("services", ())],
        "encounter": encounter(story.get("encounter", {}), patient),
    }


def searchset(resources: Sequence[Json]) -> Json:
    """The Bundle that answers a search."""
    entries = [{"resource": one, "search": {"mode": "match"}} for one in resources]
    return dropped(resourceType="Bundle", type="searchset") | {"total": len(resources)} | dropped(entry=entries)


def prefetch(story: Json, held: Json) -> Json:
    """The prefetch member; `[prefetch]` of a story leaves keys out (`omit`) or names them otherwise (`keys`)."""
    asked = story.get("prefetch", {})
    names, omitted = asked.get("keys", {}), asked.get("omit", ())
    return {
        names.get(key, key): searchset(held[key]) if key in SEARCHES else held[key]
        for key in PREFETCH_KEYS
        if key not in omitted
    }


def request(name: str, story: Json, hook: str, held: Json, version: str = "R4") -> Json:
    """The whole hook request of a story on one hook, in one FHIR version."""
    patient_id = held["patient"]["id"]
    told = [medication_request(one, f"Patient/{patient_id}", status="draft") for one in story["drafts"]]
    drafts = [translated(one, version) for one in told]
    beside = [translated(json.loads(one), version) for one in story.get("beside_drafts", ())]
    entries = [{"resource": one} for one in [*drafts, *beside]]
    typed = {} if story.get("bundle_without_type") else {"type": "collection"}
    context: Json = {"userId": PRACTITIONER, "patientId": patient_id, "encounterId": held["encounter"]["id"]}
    if hook == "order-select":
        context["selections"] = [f"{one['resourceType']}/{one['id']}" for one in drafts]
    context[HOOKS[hook]] = {"resourceType": "Bundle", **typed, "entry": entries}
    return {
        "hook": hook,
        "hookInstance": str(uuid5(NAMESPACE_URL, f"urn:x-diazepam-cds:story:{name}:{hook}{_suffix(version)}")),
        "context": context,
        "prefetch": {
            key: bundled(value, version) if value["resourceType"] == "Bundle" else translated(value, version)
            for key, value in prefetch(story, held).items()
        },
    }


def server(held: Json, version: str = "R4") -> Json:
    """The record as a FHIR server of a version would hold it."""
    resources = [held["patient"], held["encounter"], *(one for key in SEARCHES for one in held[key])]
    translations = [translated(one, version) for one in resources]
    base = f"https://fhir.example.org/{FOLDERS[version]}"
    entries = [{"fullUrl": f"{base}/{one['resourceType']}/{one['id']}", "resource": one} for one in translations]
    return {"resourceType": "Bundle", "type": "collection", "entry": entries}


def _suffix(version: str) -> str:
    return "" if version == "R4" else f":{FOLDERS[version]}"


def files(name: str, story: Json) -> Iterator[tuple[Path, str]]:
    """The files of one story: path and text."""
    held = record(story, f"patient-{name}")
    for version, folder in FOLDERS.items():
        if version in story.get("not_in", ()):
            continue
        for hook in WRITTEN[version]:
            yield HERE / folder / name / f"{hook}.json", written(request(name, story, hook, held, version))
        yield HERE / folder / name / "server.json", written(server(held, version))


def written(value: Json) -> str:
    """JSON as it stands in the files."""
    return json.dumps(value, indent=2, ensure_ascii=False) + "\n"


def stories() -> Mapping[str, Json]:
    """Name -> source of every story, by name."""
    return {path.stem: tomllib.loads(path.read_text(encoding="utf-8")) for path in sorted(STORIES.glob("*.toml"))}


def everything() -> Mapping[Path, str]:
    """All files that the folders of the versions should hold.

    Raises:
        StoryBrokenError: naming the story.
    """
    found: dict[Path, str] = {}
    for name, story in stories().items():
        try:
            found.update(files(name, story))
        except (KeyError, ValueError, StoryBrokenError) as error:
            raise StoryBrokenError(f"stories/{name}.toml: {error!s}") from error
    return found


def stale() -> Sequence[Path]:
    """The files that are missing, differ from their source, or have none."""
    wanted = everything()
    wrong = [path for path, text in wanted.items() if not path.is_file() or path.read_text(encoding="utf-8") != text]
    there = [path for folder in FOLDERS.values() for path in (HERE / folder).rglob("*.json")]
    return sorted([*wrong, *(path for path in there if path not in wanted)])


def main(arguments: Sequence[str] | None = None) -> int:
    """Write, or with `--check` compare; 0 when all is in step."""
    parser = argparse.ArgumentParser(description="Write the folders of the FHIR versions from fhir_fixtures/stories.")
    parser.add_argument("--check", action="store_true", help="write nothing; fail when a file is not in step")
    checking = parser.parse_args(arguments).check
    wrong = stale()
    if checking:
        sys.stdout.writelines(f"not in step with its story: {path.relative_to(HERE)}\n" for path in wrong)
        return 1 if wrong else 0
    wanted = everything()
    for path in wrong:
        if path in wanted:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(wanted[path], encoding="utf-8")
        else:
            path.unlink()
    sys.stdout.write(
        f"{len(wanted)} files of {len(stories())} stories are in step, {len(wrong)} were written or removed.\n"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
