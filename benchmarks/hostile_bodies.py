"""Hook bodies of every kind, broken ones among them, against the whole service in one process.

    python -m benchmarks.hostile_bodies --count 20000 [--seed 1]

What must hold: no status of 5xx, every error an OperationOutcome, and a decision in the ledger for each call that was
evaluated (200, 412, or 422 found while reading its FHIR: the ledger tells). Exit code 1 where it does not.
"""

import argparse
import contextlib
import copy
import hashlib
import json
import logging
import random
import sqlite3
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from cds_service.app import create_app
from cds_service.console.stories import hook_request, story_names
from cds_service.settings import Settings

STORIES = story_names()
EVALUATED = (200, 412)  # a 422 is of the envelope, or of the FHIR inside and then recorded
HOOKS = ("medication-prescribe", "order-select", "order-sign")
ODD: tuple[Any, ...] = (
    None,
    "",
    " ",
    0,
    -1,
    True,
    1e300,
    10**40,
    [],
    [[]],
    {},
    [None],
    {"reference": "#"},
    {"resourceType": "Bundle"},
    {"value": 1e-9, "code": "a"},
    "2026-02-30",
    "9999-12-31",
    "Patient/../x",
    "<script>",
    "\0\ud7ff\u202e",
    "x" * 20_000,
    "½ 1/0 1,000 mg q0h x 0 days",
)
TOKENS = (b"NaN", b"1e999", b"9" * 5_000, b'"\\ud800"', b'"\\u0000"', b'"\xed\xa0\x80"', b"[" * 5_000, b"-", b"")
MARK = "\N{PILL}here"


def body(source: random.Random) -> tuple[str, bytes]:
    """The hook and the body of one call."""
    hook = source.choice(HOOKS)
    request = hook_request(source.choice(STORIES), hook)
    make = source.choice(
        (_as_it_is, _odd, _odd, _odd, _dropped, _dropped, _grafted, _broken_json, _cut, _noise, _twice)
    )
    return hook, make(source, request)


def _places(value: Any, at: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:  # noqa: ANN401 - JSON
    steps = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, inside in steps:
        yield (*at, step)
        yield from _places(inside, (*at, step))


def _spot(source: random.Random, request: Any) -> tuple[Any, Any]:  # noqa: ANN401 - JSON
    """The container and the step of one place, picked by depth first, so that the envelope is met as often."""
    by_depth: dict[int, list[tuple[Any, ...]]] = {}
    for place in _places(request):
        by_depth.setdefault(len(place), []).append(place)
    *above, last = source.choice(by_depth[source.choice(sorted(by_depth))])
    container = request
    for step in above:
        container = container[step]
    return container, last


def _as_it_is(_source: random.Random, request: Any) -> bytes:  # noqa: ANN401 - JSON
    return json.dumps(request).encode()


def _odd(source: random.Random, request: Any) -> bytes:  # noqa: ANN401 - JSON
    for _ in range(source.randint(1, 4)):
        container, last = _spot(source, request)
        container[last] = copy.deepcopy(source.choice(ODD))  # or the next one is put into this very list
    return json.dumps(request).encode()


def _dropped(source: random.Random, request: Any) -> bytes:  # noqa: ANN401 - JSON
    for _ in range(source.randint(1, 4)):
        container, last = _spot(source, request)
        del container[last]
    return json.dumps(request).encode()


def _grafted(source: random.Random, request: Any) -> bytes:  # noqa: ANN401 - JSON
    """A part of the request stands where another belongs."""
    container, last = _spot(source, request)
    donor, step = _spot(source, json.loads(json.dumps(request)))
    container[last] = donor[step]
    return json.dumps(request).encode()


def _broken_json(source: random.Random, request: Any) -> bytes:  # noqa: ANN401 - JSON
    """A text where a value stands that JSON, or this service, does not know."""
    container, last = _spot(source, request)
    container[last] = MARK
    return json.dumps(request).encode().replace(json.dumps(MARK).encode(), source.choice(TOKENS))


def _cut(source: random.Random, request: Any) -> bytes:  # noqa: ANN401 - JSON
    whole = json.dumps(request).encode()
    return whole[: source.randrange(len(whole))]


def _noise(source: random.Random, request: Any) -> bytes:  # noqa: ANN401 - JSON
    whole = bytearray(json.dumps(request).encode())
    for _ in range(source.randint(1, 8)):
        whole[source.randrange(len(whole))] = source.randrange(256)
    return bytes(whole)


def _twice(source: random.Random, request: Any) -> bytes:  # noqa: ANN401 - JSON
    member = source.choice((b'"context"', b'"hook"', b'"patientId"', b'"resourceType"', b'"prefetch"', b'"id"'))
    return json.dumps(request).encode().replace(member, member + b": 1, " + member, 1)


KINDS = (_as_it_is, _odd, _odd, _odd, _dropped, _dropped, _grafted, _broken_json, _cut, _noise, _twice)


def run(count: int, seed: int, folder: Path) -> tuple[Counter[int], list[str]]:
    """Fire `count` bodies at a service with a fresh database in `folder`.

    Returns:
        How many were answered with which status, and every breach of what must hold.
    """
    app = create_app(
        Settings(
            database_url=f"sqlite:///{folder / 'ledger.db'}",
            pseudonym_key_file=folder / "pseudonym.key",
            clients_file=None,
            open_mode=True,
        )
    )
    client, source = app.test_client(), random.Random(seed)
    statuses: Counter[int] = Counter()
    answered: Counter[tuple[str, int]] = Counter()
    breaches: list[str] = []
    for number in range(count):
        hook, sent = body(source)
        answer = client.post(f"/cds-services/diazepam-{hook}", data=sent, content_type="application/json")
        statuses[answer.status_code] += 1
        answered[hashlib.sha256(sent).hexdigest(), answer.status_code] += 1
        shown = json.loads(answer.data)
        right = "cards" in shown if answer.status_code == 200 else shown.get("resourceType") == "OperationOutcome"
        if answer.status_code >= 500 or not right:
            breaches.append(f"body {number} was answered with {answer.status_code}")
    return statuses, breaches + _ledger_breaches(answered, folder / "ledger.db")


def _ledger_breaches(answered: Counter[tuple[str, int]], database: Path) -> list[str]:
    """Evaluated calls that are not in the ledger, decisions that no call was answered with."""
    with contextlib.closing(sqlite3.connect(database)) as connection:
        rows = connection.execute("SELECT body_sha256, status, count(*) FROM decisions GROUP BY 1, 2").fetchall()
    kept = Counter({(sha256, status): number for sha256, status, number in rows})
    evaluated = Counter({key: number for key, number in answered.items() if key[1] in EVALUATED})
    lost, other = evaluated - kept, kept - answered
    missing = [f"{number} calls with status {status} are not in the ledger" for (_, status), number in lost.items()]
    made_up = [
        f"{number} decisions with status {status} were answered otherwise" for (_, status), number in other.items()
    ]
    return missing + made_up


def main() -> int:
    """The table; exit code 1 where something does not hold."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args()
    logging.disable(logging.WARNING)
    with tempfile.TemporaryDirectory(prefix="cds-bodies-") as folder:
        statuses, breaches = run(chosen.count, chosen.seed, Path(folder))
    print("| status | calls |\n|---|---|")
    for status, calls in sorted(statuses.items()):
        print(f"| {status} | {calls} |")
    print(f"\n{chosen.count} bodies of seed {chosen.seed}: {len(breaches)} breaches")
    for one in breaches[:20]:
        print(f"- {one}")
    return 1 if breaches else 0


if __name__ == "__main__":
    sys.exit(main())
