"""Runs a ledger in processes that end themselves with SIGKILL at every point where something is written.

`python -m tests.killing URL SPOOL HOW`: forks one process after the other. Each commits two decisions (`up`, `down`) or
delivers two that a process before it has spooled (`deliver`). The n-th is killed just before its n-th write, which is
just after the one before, until one lives through all. Prints, as JSON, the ids that were answered, and how many died.
"""

import contextlib
import json
import os
import signal
import sys
import time
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

from sqlalchemy import Connection

from cds_service.ledger import database, log, open_ledger
from cds_service.ledger.proof.checkpoints import Policy
from cds_service.ledger.proof.merkle import leaf_hash
from cds_service.ledger.record import encode
from cds_service.ledger.spool import SpoolFile
from tests.unit.ledger.samples import KEY, RECEIVED, card, decision

POINTS = (
    (os, "pwrite"), (os, "fdatasync"), (os, "fsync"), (os, "rename"), (os, "unlink"), (os, "posix_fallocate"),
    (Connection, "exec_driver_sql"), (Connection, "commit"), (SpoolFile, "remove"),
)  # fmt: skip


def armed(deadly):
    """Kill this process before its `deadly`-th write."""
    count = 0

    def deadly_one(real):
        def write(*args, **kwargs):
            nonlocal count
            count += 1
            if count == deadly:
                os.kill(os.getpid(), signal.SIGKILL)
            return real(*args, **kwargs)

        return write

    @contextlib.contextmanager
    def driver(connection):
        with database.driver(connection) as cursor:
            yield SimpleNamespace(
                execute=deadly_one(cursor.execute),
                executemany=deadly_one(cursor.executemany),
                fetchone=cursor.fetchone,
            )

    for owner, name in POINTS:
        setattr(owner, name, deadly_one(getattr(owner, name)))
    log.driver = driver


def made(how, number, turn):
    shown = replace(card(), uuid=f"card-{how}-{number}-{turn}")
    return decision(id=f"{how}-{number}-{turn}", cards=(shown,), assessments=())


def live(url, spool, how, number, answered):
    """Do it, and say of each decision that it was answered."""
    policy = Policy(key_file=spool.parent / "signing.key", clock=lambda: RECEIVED, every_records=1)
    patience = 0.05 if how == "down" else 5.0
    with open_ledger(url, pseudonym_key=KEY, spool=spool, checkpoints=policy, wait_seconds=patience) as ledger:
        if how == "deliver":
            while left_behind(spool, number).exists():
                time.sleep(0.005)
            return
        for turn in range(2):
            one = made(how, number, turn)
            ledger.commit(one)
            os.write(answered, f"{one.id}\n".encode())


def left_behind(spool, number):
    return spool / f"{number}.spool"


def leave_behind(spool, number):
    """What a process that has died left in the spool; the ids."""
    ones = [made("deliver", number, turn) for turn in range(2)]
    records = [encode(one, lambda kind, identifier: identifier) for one in ones]
    spool.mkdir(exist_ok=True)
    for path in spool.glob("*.spool"):  # empty ones of the dead: each process would only have more of them to tidy up
        if not path.read_bytes().strip(b"\0"):
            path.unlink()
    lines = b"".join(leaf_hash(record).hex().encode() + b" " + record + b"\n" for record in records)
    left_behind(spool, number).write_bytes(lines)
    return [one.id for one in ones]


def run(url, spool, how):
    answered, number, killed = [], 0, True
    while killed:
        number += 1
        answered += leave_behind(spool, number) if how == "deliver" else []
        reading, writing = os.pipe()
        child = os.fork()
        if child == 0:
            os.close(reading)
            armed(number)
            live(url, spool, how, number, writing)
            os._exit(0)
        os.close(writing)
        with os.fdopen(reading) as pipe:
            answered += pipe.read().split()
        killed = os.waitpid(child, 0)[1] == signal.SIGKILL
    return {"answered": answered, "deaths": number - 1}


if __name__ == "__main__":
    sys.stdout.write(json.dumps(run(sys.argv[1], Path(sys.argv[2]), sys.argv[3])))
