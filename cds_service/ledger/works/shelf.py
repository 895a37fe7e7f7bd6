"""The folder of finished and unfinished works: `<id>.json` says how far it is, `<id>.out` is what it wrote.

Both are for the service's own account only. Whatever is older than a day is thrown away when the next one is begun.
"""

import os
import re
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import IO

import msgspec

from cds_service.domain.audit import Work

KEPT = timedelta(days=1)
_ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_decoder = msgspec.json.Decoder(Work)


class Shelf:
    """Works in a folder, which is made when there is none."""

    def __init__(self, folder: Path) -> None:
        """Touches nothing yet."""
        self._folder = folder

    def put(self, work: Work) -> None:
        """Say how far a work is."""
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        path = self._folder / f"{work.id}.json"
        part = path.with_suffix(".part")
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            file.write(msgspec.json.encode(work))
        part.replace(path)

    def find(self, id_: str) -> Work | None:
        """How far a work is; `None` for no such."""
        if not _ID.fullmatch(id_):
            return None
        try:
            return _decoder.decode((self._folder / f"{id_}.json").read_bytes())
        except (FileNotFoundError, msgspec.DecodeError):
            return None

    def all(self) -> Iterator[Work]:
        """Every work there is."""
        for path in self._folder.glob("*.json"):
            found = self.find(path.stem)
            if found is not None:
                yield found

    def create(self, id_: str) -> IO[bytes]:
        """The file a work writes to."""
        return os.fdopen(os.open(self._path(id_), os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")

    def open(self, id_: str) -> IO[bytes]:
        """What it wrote.

        Raises:
            FileNotFoundError: it was thrown away.
        """
        return self._path(id_).open("rb")

    def tidy(self, now: datetime) -> None:
        """Throw away what is too old."""
        for work in list(self.all()):
            if work.beat_at < now - KEPT:
                for path in (self._path(work.id), self._folder / f"{work.id}.json"):
                    with suppress(FileNotFoundError):
                        path.unlink()

    def _path(self, id_: str) -> Path:
        return self._folder / f"{id_}.out"
