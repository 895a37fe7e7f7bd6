"""Secrets in files: made once, for their owner only, the same for all workers however many start at once."""

import os
import secrets
import stat
from collections.abc import Callable
from pathlib import Path

from cds_service.domain.errors import SettingsBroken


def read_or_create(path: Path, make: Callable[[], str], what: str) -> str:
    """The text of a secret's file; made when there is none: it appears complete or not at all.

    Args:
        path: of the file.
        make: a new secret.
        what: what it is called in messages.

    Raises:
        SettingsBroken: the file cannot be read or made, or is open to everybody.
    """
    try:
        if not path.exists():
            _create(path, make())
        if path.stat().st_mode & stat.S_IRWXO:
            raise SettingsBroken(f"The {what} file {path} is open to every user of this machine: chmod 600 it.")
        return path.read_text(encoding="ascii").strip()
    except UnicodeDecodeError:
        raise SettingsBroken(f"The {what} file {path} is damaged; restore it.") from None
    except OSError as error:
        raise SettingsBroken(
            f"The {what} file {path} cannot be used ({error.strerror}). Name a file in a folder that exists and "
            "that this service may write, or put a key there."
        ) from error


def _create(path: Path, text: str) -> None:
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    try:
        write_durably(draft, text, mode=0o600)
        try:
            path.hardlink_to(draft)  # unlike a rename, a link never overwrites the key of a worker that came first
        except FileExistsError:
            return
        sync_folder(path.parent)
    finally:
        draft.unlink(missing_ok=True)


def write_durably(path: Path, text: str, *, mode: int) -> None:
    """Write a new file and wait until it is on disk.

    Raises:
        OSError: it exists, or cannot be written.
    """
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())


def sync_folder(folder: Path) -> None:
    """Wait until the names in a folder are on disk, too: a file must outlive a power failure under its name."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
