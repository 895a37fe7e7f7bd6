"""Opening the content that the service runs on: verify the signatures first, then load the release and its overlay."""

from collections.abc import Sequence
from pathlib import Path

from cds_service.content.load import load
from cds_service.content.tune import layered_sha256
from cds_service.domain.content import Content
from cds_service.domain.errors import ContentBroken


def open_release(hooks_path: Path, overlay_path: Path | None = None, public_keys: Sequence[str] = ()) -> Content:
    """The content to answer from.

    Args:
        hooks_path: folder of the release.
        overlay_path: folder of a site's overlay.
        public_keys: when given, the release and the overlay must each be signed with one of them.

    Raises:
        ContentBroken: faulty; or unsigned or altered, when keys are given.
        SettingsBroken: a public key cannot be used.
    """
    if not public_keys:
        return load(hooks_path, overlay_path)
    from cds_service.content.signing import public_key, verify  # noqa: PLC0415 - a library only signed content needs

    keys = [public_key(text) for text in public_keys]
    verified = verify(hooks_path, keys)
    if overlay_path is not None:
        verified = layered_sha256(verified, verify(overlay_path, keys))
    content = load(hooks_path, overlay_path)
    if content.release.sha256 != verified:
        raise ContentBroken((f"{hooks_path}: it was altered while it was loaded",))
    return content
