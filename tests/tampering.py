"""Ways to change a ledger behind its back: in a SQLite file, with all rights but without the signing key.

Each way is given a connection and a `random.Random`, and says which leaf indexes it touched; `None` where that cannot
be told from the changed ledger. The careful ways make everything fit again: leaves, nodes, head, index, checkpoints.
"""

from hashlib import sha256

TABLES = (
    "log", "log_nodes", "log_head", "checkpoints", "decisions", "cards", "suggestions", "feedback",
    "accepted_suggestions", "access", "releases",
)  # fmt: skip
INDEX = TABLES[4:]


def columns(connection, table):
    return [row[1] for row in connection.execute(f"PRAGMA table_info({table})")]


def some_row(connection, random, table):
    """(rowid, row as a dict), or `None` for an empty table."""
    rowids = [row[0] for row in connection.execute(f"SELECT rowid FROM {table}")]
    if not rowids:
        return None
    rowid = random.choice(rowids)
    names = columns(connection, table)
    row = connection.execute(f"SELECT {', '.join(names)} FROM {table} WHERE rowid = ?", (rowid,)).fetchone()
    return rowid, dict(zip(names, row, strict=True))


def another(random, value):
    """A value that differs, of the same kind or of none."""
    if isinstance(value, bytes):
        place = random.randrange(len(value))
        return value[:place] + bytes([value[place] ^ (1 << random.randrange(8))]) + value[place + 1 :]
    if isinstance(value, int):
        return value + random.choice([-1, 1, 2**33])
    if isinstance(value, str) and value:
        place = random.randrange(len(value))
        letter = random.choice([one for one in "aZ07 -\n\0é" if one != value[place]])
        return random.choice([value[:place] + letter + value[place + 1 :], value[:place], value + letter])
    return random.choice(["x", b"x", 7])


# One row, without care ------------------------------------------------------------------------------------------------


def edit(connection, random):
    """One value of one row."""
    table = random.choice(TABLES)
    found = some_row(connection, random, table)
    if found is None:
        return edit(connection, random)
    rowid, row = found
    column = random.choice(list(row))
    value = another(random, row[column])
    connection.execute(f"UPDATE OR REPLACE {table} SET {column} = ? WHERE rowid = ?", (value, rowid))
    return {row["leaf_index"], value} if column == "leaf_index" else touched(row, column)


def touched(row, column=""):
    """Of a card's or suggestion's uuid, orphans of feedback elsewhere may depend."""
    return None if "leaf_index" not in row or column in ("uuid", "client") else {row["leaf_index"]}


def delete(connection, random):
    """One row."""
    table = random.choice(TABLES)
    found = some_row(connection, random, table)
    if found is None:
        return delete(connection, random)
    connection.execute(f"DELETE FROM {table} WHERE rowid = ?", (found[0],))
    return None if table in ("log", "cards") else touched(found[1])


def swap(connection, random):
    """A value of two rows."""
    table = random.choice([table for table in TABLES if table not in ("log_head", "releases")])
    one, other = some_row(connection, random, table), some_row(connection, random, table)
    if one is None or other is None or one[0] == other[0]:
        return swap(connection, random)
    differing = [name for name in one[1] if one[1][name] != other[1][name] and name not in KEYS]
    if not differing:
        return swap(connection, random)
    column = random.choice(differing)
    for (rowid, _), (_, row) in ((one, other), (other, one)):
        connection.execute(f"UPDATE {table} SET {column} = ? WHERE rowid = ?", (row[column], rowid))
    if "leaf_index" not in one[1] or column == "client":
        return None
    return {one[1]["leaf_index"], other[1]["leaf_index"]}


KEYS = ("leaf_index", "id", "uuid", "size", "level", "position")


def insert(connection, random):
    """A copy of one row under another key."""
    table = random.choice([table for table in TABLES if table != "log_head"])
    found = some_row(connection, random, table)
    if found is None:
        return insert(connection, random)
    row = dict(found[1])
    for name in KEYS:
        if name in row:
            row[name] = f"{row[name]}x" if isinstance(row[name], str) else random.choice([-7, 10**6])
    marks = ", ".join("?" * len(row))
    connection.execute(f"INSERT INTO {table} ({', '.join(row)}) VALUES ({marks})", tuple(row.values()))
    return None


# The whole log, with care ---------------------------------------------------------------------------------------------


def records(connection):
    return connection.execute("SELECT leaf_index, kind, record FROM log ORDER BY leaf_index").fetchall()


def rewritten(connection, changed):
    """Make the log this list of (old leaf index or `None`, kind, record), and everything else fit; no signature can."""
    connection.execute("DELETE FROM log")
    connection.execute("DELETE FROM log_nodes")
    roots, size, moved = [], 0, {}
    for old, kind, record in changed:
        node = leaf = sha256(b"\0" + record.encode()).digest()
        level, before = 0, size
        while before & 1:
            node, level, before = sha256(b"\1" + roots.pop() + node).digest(), level + 1, before >> 1
            if level % 8 == 0:
                connection.execute("INSERT INTO log_nodes VALUES (?, ?, ?)", (level, size >> level, node))
        roots.append(node)
        connection.execute("INSERT INTO log VALUES (?, ?, ?, ?)", (size, kind, leaf, record))
        if old is not None:
            moved[old] = size
        size += 1
    connection.execute("UPDATE log_head SET size = ?, frontier = ?", (size, b"".join(roots)))
    for table in INDEX:
        indexes = sorted({row[0] for row in connection.execute(f"SELECT leaf_index FROM {table}")})
        connection.execute(f"UPDATE {table} SET leaf_index = -1 - leaf_index")
        for old in indexes:
            if old in moved:
                values = (moved[old], -1 - old)
                connection.execute(f"UPDATE {table} SET leaf_index = ? WHERE leaf_index = ?", values)
            else:
                connection.execute(f"DELETE FROM {table} WHERE leaf_index = ?", (-1 - old,))
    first = next((index for index, one in enumerate(changed) if one[0] != index), size)
    edited = [moved[old] for old, _, record in changed if old is not None and record.endswith(" ")]
    connection.execute("DELETE FROM checkpoints WHERE size > ?", (min([first, *edited]),))


def careful_edit(connection, random):
    """The text of a record, in a way that no column shows."""
    log = records(connection)
    place = random.randrange(len(log))
    index, kind, record = log[place]
    log[place] = (index, kind, record + " ")
    rewritten(connection, log)


def careful_deletion(connection, random):
    log = records(connection)
    del log[random.randrange(len(log))]
    rewritten(connection, log)


def careful_swap(connection, random):
    log = records(connection)
    one, other = random.sample(range(len(log)), 2)
    log[one], log[other] = log[other], log[one]
    rewritten(connection, log)


def careful_insertion(connection, random):
    log = records(connection)
    quiet = next(record for _, kind, record in log if kind == "access")
    log.insert(random.randrange(len(log)), (None, "access", quiet))
    rewritten(connection, log)


def truncation(connection, random):
    log = records(connection)
    rewritten(connection, log[: random.randrange(len(log))])


WAYS = (
    edit, edit, edit, delete, delete, swap, swap, insert,
    careful_edit, careful_deletion, careful_swap, careful_insertion, truncation,
)  # fmt: skip
