"""What the parts of the door cost, each beside what it was chosen over: microseconds, medians of one run.

python -m benchmarks.parts
"""

import hashlib
import json
import statistics
import time
from collections.abc import Callable
from datetime import UTC, datetime

import jsonschema
import msgspec
from fhir.resources.R4B import get_fhir_model_class
from rich.console import Console
from rich.table import Table

from benchmarks.bodies import large, small
from cds_service.app import open_content
from cds_service.domain.client import ANONYMOUS
from cds_service.fhir.shapes import Resource
from cds_service.settings import Settings
from cds_service.web.body import members
from cds_service.web.calls import make_read_call
from cds_service.web.envelope import Envelope
from cds_service.web.explain import schema_of

RECEIVED = datetime(2026, 6, 15, 9, tzinfo=UTC)
ROUNDS = 200
SECONDS = 1.0  # at most, for each


def main() -> None:
    """Measure and print."""
    table = Table("part", "µs", "chosen over", "µs")
    for part, mine, other, theirs in _parts():
        table.add_row(part, f"{_median(mine):,.0f}", other, f"{_median(theirs):,.0f}" if theirs else "")
    Console().print(table)


def _parts() -> list[tuple[str, Callable[[], object], str, Callable[[], object] | None]]:
    little, long = small(), large()
    call, record = json.loads(little), json.loads(long)
    hook = next(hook for hook in open_content(Settings()).hooks if hook.hook == call["hook"])
    read_call = make_read_call(hook, max_depth=64)
    prefetch, shapes = members(long)["prefetch"], msgspec.json.Decoder(dict[str, Resource | None])
    schema = jsonschema.Draft202012Validator(schema_of(Envelope))
    context = jsonschema.Draft202012Validator(hook.context_schema)
    resources = [
        entry["resource"] for value in record["prefetch"].values() if value for entry in value.get("entry", ())
    ]

    def modelled() -> None:
        for resource in resources:
            get_fhir_model_class(resource["resourceType"]).model_validate(resource)

    return [
        ("large body, top level only", lambda: members(long), "json.loads of all of it", lambda: json.loads(long)),
        (
            "small call, typed and checked",
            lambda: read_call(little, ANONYMOUS, RECEIVED, 0),
            "jsonschema on envelope and context",
            lambda: (schema.is_valid(call), context.is_valid(call["context"])),
        ),
        (
            "its prefetch, into the shapes of fhir/",
            lambda: shapes.decode(prefetch),
            "fhir.resources on each resource",
            modelled,
        ),
        ("SHA-256 of the large body", lambda: hashlib.sha256(long).hexdigest(), "", None),
    ]


def _median(run: Callable[[], object]) -> float:
    took: list[float] = []
    until = time.perf_counter() + SECONDS
    while len(took) < ROUNDS and (len(took) < 3 or time.perf_counter() < until):
        began = time.perf_counter()
        run()
        took.append(time.perf_counter() - began)
    return statistics.median(took) * 1e6


if __name__ == "__main__":
    main()
