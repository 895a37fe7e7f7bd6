"""Reading the files of a release: each into its shape, each fault with the file it stands in."""

import hashlib
import tomllib
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any, TypeVar

import msgspec

SIGNATURE = "release.sig"  # stands outside the hash, which it signs
Shape = TypeVar("Shape")


def read(path: Path, root: Path, shape: type[Shape], faults: list[str]) -> Shape | None:
    """One TOML file in its shape; `None` when it is missing or faulty, and the fault is added.

    Numbers with a point become `Decimal`: doses are exact.

    Args:
        path: the file.
        root: the release, for the name in the fault.
        shape: what the file must look like.
        faults: the list to add to.
    """
    name = path.relative_to(root).as_posix()
    try:
        table: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8"), parse_float=Decimal)
        return msgspec.convert(table, shape)
    except FileNotFoundError:
        faults.append(f"{name}: the file is missing")
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as problem:
        faults.append(f"{name}: cannot be read: {problem}")
    except msgspec.ValidationError as problem:
        faults.append(f"{name}: {problem}")
    return None


def files_of(root: Path) -> Iterator[Path]:
    """Every file of a release in sorted order; its signature, and what Python caches, are not part of it."""
    for path in sorted(root.rglob("*")):
        if path.is_file() and "__pycache__" not in path.parts and path != root / SIGNATURE:
            yield path


def sha256_of(root: Path) -> str:
    """Hex digest over the names and bytes of every file: the same content gives the same digest anywhere."""
    digest = hashlib.sha256()
    for path in files_of(root):
        content = path.read_bytes()
        digest.update(f"{path.relative_to(root).as_posix()}\0{len(content)}\0".encode())
        digest.update(content)
    return digest.hexdigest()
