"""The folder of published checkpoints: one file for each, never changed, `<year>-<month>/<size>.checkpoint`.

Let it be copied to where nobody who can write the database can change it (write-once storage, another organisation):
what such a checkpoint covers cannot be rewritten unnoticed by anybody.
"""

import secrets
from collections.abc import Iterator
from pathlib import Path

from cds_service.ledger.key_files import sync_folder, write_durably
from cds_service.ledger.proof.note import Checkpoint, NoteBroken, read
from cds_service.ledger.proof.verify import Note

SUFFIX = ".checkpoint"
MOST_BYTES = 16_384  # of a note; more is none


def publish(note: str, folder: Path) -> Path:
    """Put a checkpoint into the folder, durably; one that is there already is left as it is.

    Raises:
        OSError: it cannot be written.
    """
    checkpoint = read(note)
    month = folder / checkpoint.made_at.strftime("%Y-%m")
    month.mkdir(parents=True, exist_ok=True)
    path = month / f"{checkpoint.size:012d}{SUFFIX}"
    draft = month / f".{path.name}.{secrets.token_hex(8)}"
    try:
        write_durably(draft, note, mode=0o644)
        if not path.exists():
            draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
    sync_folder(month)
    return path


def published(folder: Path) -> Iterator[Note]:
    """Every published note, the shortest log first.

    Raises:
        OSError: a file cannot be read.
    """
    for path in _files(folder):
        yield Note(_size(path), _text(path), str(path.relative_to(folder)), published=True)


def newest(folder: Path) -> tuple[str, Checkpoint] | None:
    """The published checkpoint of the longest log; `None` for none.

    Raises:
        NoteBroken: it is damaged.
        OSError: it cannot be read.
    """
    paths = _files(folder)
    if not paths:
        return None
    note = _text(paths[-1])
    try:
        return note, read(note)
    except NoteBroken as error:
        raise NoteBroken(f"{paths[-1]}: {error}") from error


def _files(folder: Path) -> list[Path]:
    return sorted(folder.glob(f"*/*{SUFFIX}"), key=lambda path: (_size(path), path))


def _size(path: Path) -> int:
    return int(path.stem) if path.stem.isascii() and path.stem.isdigit() else -1


def _text(path: Path) -> str:
    return path.read_bytes()[:MOST_BYTES].decode(errors="replace")
