"""The key that signs checkpoints, in a file apart from the database, and its public half for auditors.

Whoever can write the database but lacks this key cannot sign another history. Keep a copy of it: with a new key, old
checkpoints are still checked with the old public key. The public key stands beside it, in `<file>.pub`: hand it to
auditors on a way of its own, so that nobody who changes the ledger can change that, too.
"""

from pathlib import Path

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, load_pem_private_key

from cds_service.domain.errors import SettingsBroken
from cds_service.ledger.key_files import read_or_create, write_durably
from cds_service.ledger.proof.note import NoteBroken, PublicKey, public_key


def load_or_create_signing_key(path: Path) -> Ed25519PrivateKey:
    """The signing key in a PEM file; made at random, readable by its owner only, when there is none.

    Raises:
        SettingsBroken: the file cannot be read or made, is open to everybody, or does not hold such a key.
    """
    pem = read_or_create(path, _new_pem, "signing key")
    try:
        key = load_pem_private_key(pem.encode(), password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        key = None
    if not isinstance(key, Ed25519PrivateKey):
        raise SettingsBroken(f"The signing key file {path} holds no unencrypted Ed25519 key in PEM; restore it.")
    return key


def _new_pem() -> str:
    return Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


def publish_key(key: PublicKey, path: Path) -> None:
    """Write a public key beside its secret, unless something stands there.

    Raises:
        OSError: it cannot be written.
    """
    if not path.exists():
        try:
            write_durably(path, key.line() + "\n", mode=0o644)
        except FileExistsError:
            return


def load_public_keys(path: Path) -> list[PublicKey]:
    """The public keys of a file, one a line; lines that begin with # are remarks.

    Raises:
        SettingsBroken: the file cannot be read, or something in it is not a key.
    """
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
        keys = [public_key(line) for line in lines if line.strip() and not line.startswith("#")]
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsBroken(f"The public key file {path} cannot be read ({type(error).__name__}).") from error
    except NoteBroken as error:
        raise SettingsBroken(f"The public key file {path}: {error}") from error
    if not keys:
        raise SettingsBroken(f"The public key file {path} holds no key.")
    return keys
