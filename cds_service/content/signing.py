"""Signatures of a release: who published exactly these files. Ed25519 over the hash of the release.

The signature stands in the folder of the release, in a file of its own that is outside the hash. The key that it names
is for people; only keys that the service is told to trust count.
"""

import base64
import binascii
from collections.abc import Iterable
from pathlib import Path

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key, load_pem_public_key

from cds_service.content.files import SIGNATURE, read, sha256_of
from cds_service.content.shapes import Shape
from cds_service.domain.errors import ContentBroken, SettingsBroken

CONTEXT = b"cds-service content release, SHA-256 "  # a signature of ours can be taken for nothing else


class SignatureFile(Shape):
    """`release.sig`, a TOML file: the hash that was signed, and by which key (both for people), and the signature."""

    sha256: str
    public_key: str
    signature: str


def sign(root: Path, key: Ed25519PrivateKey) -> str:
    """Sign a release as it is and write the signature into its folder.

    Returns:
        The public key that verifies it, as `CDS_CONTENT_PUBLIC_KEY` takes it.
    """
    sha256 = sha256_of(root)
    public = base64.b64encode(key.public_key().public_bytes_raw()).decode()
    signature = base64.b64encode(key.sign(_message(sha256))).decode()
    lines = (
        "# Signature of this content release; see `cds-service content verify`. Not part of the hash.",
        f'sha256 = "{sha256}"',
        f'public_key = "{public}"',
        f'signature = "{signature}"',
    )
    (root / SIGNATURE).write_text("\n".join(lines) + "\n", encoding="utf-8")
    return public


def verify(root: Path, keys: Iterable[Ed25519PublicKey]) -> str:
    """Make sure that one of the trusted keys signed exactly these files.

    Nothing of the release is run or interpreted before.

    Returns:
        The hash that is signed.

    Raises:
        ContentBroken: unsigned, altered since, or signed by none of the keys.
    """
    faults: list[str] = []
    if not (root / SIGNATURE).is_file():
        raise ContentBroken((f"{root}: it is not signed ({SIGNATURE} is missing), and only signed content is trusted",))
    written = read(root / SIGNATURE, root, SignatureFile, faults)
    if written is None:
        raise ContentBroken(tuple(faults))
    sha256 = sha256_of(root)
    if written.sha256 != sha256:
        raise ContentBroken((f"{root}: it was altered since it was signed, or the signature is of another release",))
    if not any(_holds(key, written.signature, sha256) for key in keys):
        raise ContentBroken((f"{root}: none of the trusted keys signed it",))
    return sha256


def public_key(text: str) -> Ed25519PublicKey:
    """A public key: 32 bytes in Base64, as `sign` gives it, or PEM as OpenSSL writes it.

    Raises:
        SettingsBroken: it is neither.
    """
    try:
        if "BEGIN PUBLIC KEY" in text:
            key = load_pem_public_key(text.encode())
            if isinstance(key, Ed25519PublicKey):
                return key
        else:
            return Ed25519PublicKey.from_public_bytes(base64.b64decode(text.strip(), validate=True))
    except (ValueError, binascii.Error, UnsupportedAlgorithm):
        pass  # said below, for keys of another kind too
    raise SettingsBroken("A public key of content is an Ed25519 key: 32 bytes in Base64, or PEM.")


def private_key(pem: bytes, password: bytes | None = None) -> Ed25519PrivateKey:
    """A private key in PEM, as `openssl genpkey -algorithm ed25519` writes it.

    Raises:
        SettingsBroken: it is not an Ed25519 key, or the password is wrong or missing.
    """
    try:
        key = load_pem_private_key(pem, password=password)
    except TypeError as problem:
        raise SettingsBroken("The private key is encrypted and needs its password, or needs none.") from problem
    except (ValueError, UnsupportedAlgorithm) as problem:
        raise SettingsBroken("The private key cannot be read as PEM, or its password is wrong.") from problem
    if not isinstance(key, Ed25519PrivateKey):
        raise SettingsBroken("The private key must be an Ed25519 key: `openssl genpkey -algorithm ed25519`.")
    return key


def _holds(key: Ed25519PublicKey, signature: str, sha256: str) -> bool:
    try:
        key.verify(base64.b64decode(signature, validate=True), _message(sha256))
    except (InvalidSignature, binascii.Error, ValueError):
        return False
    return True


def _message(sha256: str) -> bytes:
    return CONTEXT + sha256.encode()
