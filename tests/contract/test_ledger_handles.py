"""Two handles of one process on one ledger: the console's beside the service's. Neither may cost the other a record."""

import subprocess
import sys

import pytest

from cds_service.ledger import open_ledger
from cds_service.ledger.opening import open_database
from tests.unit.ledger.samples import KEY, decision

# What a further worker does at its start: it opens the file, reads, and closes it as the last, as far as locks tell.
LOOK = """
import sqlite3, sys
connection = sqlite3.connect(sys.argv[1])
print(*connection.execute("select count(*) from log").fetchone())
connection.close()
"""


def seen_by_another_process(path):
    done = subprocess.run([sys.executable, "-c", LOOK, str(path)], check=True, capture_output=True, text=True)
    return int(done.stdout)


@pytest.mark.parametrize("writable", [True, False])
def test_a_second_handle_does_not_let_go_of_the_locks_of_the_first(tmp_path, writable):
    """POSIX locks are a process's: closing any descriptor of the file ends them all.

    Another process that then closes its own last connection takes SQLite's log away from under this one, and what is
    committed from there on is in a file that has no name any more.
    """
    path = tmp_path / "ledger.db"
    with open_ledger(f"sqlite:///{path}", pseudonym_key=KEY) as ledger:
        for number in range(1, 4):
            ledger.commit(decision(id=f"decision-{number}"))
            second = open_database(f"sqlite:///{path}", writable=writable)
            with second.read.connect() as connection:
                connection.exec_driver_sql("select count(*) from log")
            second.close()
            assert seen_by_another_process(path) == number
    assert seen_by_another_process(path) == 3
