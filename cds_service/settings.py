"""Settings of the service: `CDS_*` environment variables, read once at start. The only reader of the environment.

Nothing needs to be set: the defaults run an open service for trying out, with an SQLite file in the working directory
and no access to any FHIR server.
"""

import base64
import logging
import os
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict, SettingsError

from cds_service.domain.errors import SettingsBroken

PREFIX = "CDS_"
METRICS_FOLDER = "PROMETHEUS_MULTIPROC_DIR"  # as prometheus-client calls it
PACKAGED_CONTENT = Path(__file__).resolve().parent.parent / "hooks"
KEY_FILE = "cds-service.key"
SIGNING_KEY_FILE = "cds-service-signing.key"
EXPORT_FOLDER = "cds-service-exports"
SPOOL_FOLDER = "cds-service-spool"
SANDBOX = "https://sandbox.cds-hooks.org"
DEEPEST = 64  # a FHIR resource inside a Bundle inside prefetch is some 20 levels deep, extensions included

Listed = Annotated[tuple[str, ...], NoDecode]  # in the environment: separated by commas or blanks


class Settings(BaseSettings):
    """Everything that can be set, under `CDS_` and the name in capitals.

    Attributes:
        database_url: `sqlite:///file` or `postgresql://user:password@host/name`; never shown, it may hold a password.
        content_path: folder of the content release. overlay_path: folder of the site's own overlay upon it.
        content_public_key: Ed25519 keys in Base64; when set, the release and the overlay must be signed with one.
        public_url: where clients reach the service, `https://cds.example.org`; empty: as the request says.
        fhir_servers: base URLs of FHIR servers that may be read; empty: none ever is.
        fhir_deadline_ms: the longest wait for all FHIR reads of a call.
        fhir_ca_file: PEM file of the authorities that vouch for the FHIR servers; default: the well-known ones.
        fhir_private: the FHIR servers may have addresses of a private network; default: public addresses only.
        max_body_bytes: larger requests are refused. max_depth: likewise an envelope or context that nests deeper.
        time_zone: calendar of orders without a date and of instants, an IANA name.
        pseudonym_key: 64 or more hex digits, the same in every worker. pseudonym_key_file: where such a key is kept
            when none is set; default: `cds-service.key` beside the SQLite database.
        signing_key_file: PEM file of the Ed25519 key that signs checkpoints of the ledger, made on first use, its
            public half beside it; default: `cds-service-signing.key` beside the SQLite database.
        checkpoint_folder: where checkpoints are published; none: nowhere, so whoever has the key can rewrite all.
        checkpoint_records, checkpoint_seconds: one is made when the ledger has grown by so many, or for so long.
        commit_budget_ms: how long a call waits for its record to be committed; then it is spooled and committed later.
        spool_folder: where records wait while the database cannot be written, on a local disk, another than the
            database's if possible; default: `cds-service-spool` beside the SQLite database.
        retention_years: how long decisions and feedback are kept before `ledger retain` erases them.
        legal_hold_file: list of what it never erases; none: nothing is on hold.
        discovery_versions: discovery also tells the versions of CDS Hooks and of each hook, as drafts of CDS Hooks 3
            ask; default: as CDS Hooks 2 has it, without.
        cors_origins: web origins whose browsers may call the service; `*` for all.
        host: address to listen on. port: its port. workers: processes. threads: calls that each answers at a time.
        log_level: `DEBUG`, `INFO`, `WARNING` or `ERROR`; no level logs anything of a patient.
        max_wait_ms: how long a call waits for one of these threads; then it is refused with 503 and `Retry-After`.
        log_format: `json`, `text`, or `auto`: text for people where the log goes to a terminal, else JSON.
        metrics: answer `/metrics` at the service's own address as well; default: only in open mode.
        metrics_port: port, at `host`'s address, that answers `/metrics` and nothing else; none: there is none.
        clients_file: TOML file of the CDS Clients that may call (its own comments say how); none: open mode.
        open_mode: also answer callers without a token; default: only when there is no clients file.
        playground: show the playground, which fires calls at the service; default: only in open mode.
        playground_services: base URLs of other CDS services that the playground may call; empty: none.
        console_idle_minutes, console_hours: a session of the console ends when nobody uses it for so long, and after so
            many hours in any case.
        export_folder: where exports of the console wait to be taken, for a day; default: `cds-service-exports` beside
            the SQLite database.
        test_setup: a test network: clients without https, and the Sandbox, whose private key is public, may register.
    """

    model_config = SettingsConfigDict(env_prefix=PREFIX, frozen=True, extra="forbid", env_ignore_empty=True)

    database_url: str = Field(default="sqlite:///cds-service.db", min_length=1, repr=False)
    content_path: Path = PACKAGED_CONTENT
    overlay_path: Path | None = None
    content_public_key: Listed = ()
    public_url: str = ""
    fhir_servers: Listed = ()
    fhir_deadline_ms: int = Field(default=400, ge=10, le=5_000)
    fhir_ca_file: Path | None = None
    fhir_private: bool = False
    max_body_bytes: int = Field(default=4 * 1024 * 1024, ge=1_024, le=256 * 1024 * 1024)
    max_depth: int = Field(default=DEEPEST, ge=16, le=500)
    time_zone: str = "UTC"
    pseudonym_key: SecretStr | None = None
    pseudonym_key_file: Path | None = None
    signing_key_file: Path | None = None
    checkpoint_folder: Path | None = None
    checkpoint_records: int = Field(default=1_000, ge=1, le=1_000_000)
    checkpoint_seconds: int = Field(default=300, ge=1, le=86_400)
    commit_budget_ms: int = Field(default=250, ge=10, le=10_000)
    spool_folder: Path | None = None
    retention_years: int = Field(default=10, ge=1, le=100)
    legal_hold_file: Path | None = None
    discovery_versions: bool = False
    cors_origins: Listed = (SANDBOX,)
    host: str = Field(default="127.0.0.1", min_length=1)
    port: int = Field(default=8080, ge=1, le=65_535)
    workers: int = Field(default=1, ge=1, le=64)
    threads: int = Field(default=16, ge=1, le=128)
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    max_wait_ms: int = Field(default=250, ge=0, le=10_000)
    log_format: Literal["auto", "json", "text"] = "auto"
    metrics: bool | None = None
    metrics_port: int | None = Field(default=None, ge=1, le=65_535)
    clients_file: Path | None = None
    open_mode: bool | None = None
    playground: bool | None = None
    playground_services: Listed = ()
    test_setup: bool = False
    console_idle_minutes: int = Field(default=30, ge=1, le=720)
    export_folder: Path | None = None
    console_hours: int = Field(default=10, ge=1, le=168)

    def __init__(self, **given: object) -> None:
        """Read the environment; what is given by name stands before it.

        Raises:
            SettingsBroken: a variable cannot be used; the message names it and what it should be, never its value.
        """
        try:
            super().__init__(**given)  # type: ignore[arg-type] # values of fields, checked by the model
        except ValidationError as error:
            raise SettingsBroken(_explained(error)) from None  # the cause would show values
        except SettingsError as error:
            raise SettingsBroken(f"A {PREFIX} variable cannot be read ({type(error).__name__}).") from None

    @field_validator("fhir_servers", "cors_origins", "content_public_key", "playground_services", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        """Split a list of the environment."""
        return tuple(value.replace(",", " ").split()) if isinstance(value, str) else value

    @field_validator("log_level", mode="before")
    @classmethod
    def _upper(cls, value: object) -> object:
        return value.upper() if isinstance(value, str) else value

    @field_validator("fhir_servers")
    @classmethod
    def _servers(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for url in value:
            _insist(_is_url(url), "should list base URLs like https://fhir.example.org/r4, without query or password")
        return value

    @field_validator("playground_services")
    @classmethod
    def _services(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for url in value:
            _insist(_is_url(url), "should list base URLs like https://cds.example.org, without /cds-services")
        return tuple(url.rstrip("/").removesuffix("/cds-services") for url in value)

    @field_validator("content_public_key")
    @classmethod
    def _content_keys(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for key in value:
            try:
                usable = len(base64.b64decode(key, validate=True)) == 32
            except ValueError:
                usable = False
            _insist(usable, "should list keys as `cds-service content sign` prints them: 32 bytes in Base64")
        return value

    @field_validator("public_url")
    @classmethod
    def _public(cls, value: str) -> str:
        _insist(not value or _is_url(value), "should be the URL clients use, like https://cds.example.org")
        return value.rstrip("/")

    @field_validator("cors_origins")
    @classmethod
    def _origins(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for origin in value:
            named = _is_url(origin) and urlsplit(origin).path == ""
            _insist(origin == "*" or named, "should list origins like https://app.example.org, without a path, or be *")
        return value

    @field_validator("time_zone")
    @classmethod
    def _zone(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (ValueError, OSError, LookupError):
            known = False
        else:
            known = True
        _insist(known, "should be an IANA time zone like Europe/Berlin")
        return value

    @field_validator("pseudonym_key")
    @classmethod
    def _key(cls, value: SecretStr | None) -> SecretStr | None:
        text = value.get_secret_value().strip() if value is not None else None
        try:
            usable = text is None or len(bytes.fromhex(text)) >= 32
        except ValueError:
            usable = False
        _insist(usable, "should be 64 or more hex digits, of `openssl rand -hex 32` for example")
        return SecretStr(text) if text is not None else None

    @property
    def is_open(self) -> bool:
        """Whether callers without a token are answered."""
        return self.clients_file is None if self.open_mode is None else self.open_mode

    @property
    def has_playground(self) -> bool:
        """Whether there is a playground."""
        return self.is_open if self.playground is None else self.playground

    @property
    def has_metrics(self) -> bool:
        """Whether `/metrics` is answered at the service's own address."""
        return self.is_open if self.metrics is None else self.metrics

    @property
    def room(self) -> int:
        """How many calls may wait in a worker for one of its threads."""
        return 3 * self.threads

    @property
    def key_file(self) -> Path:
        """Where the pseudonym key is kept when none is set."""
        return self.pseudonym_key_file or self._beside_the_database(KEY_FILE)

    @property
    def signing_key(self) -> Path:
        """Where the key that signs checkpoints is kept."""
        return self.signing_key_file or self._beside_the_database(SIGNING_KEY_FILE)

    @property
    def spool(self) -> Path:
        """Where records wait for the database."""
        return self.spool_folder or self._beside_the_database(SPOOL_FOLDER)

    @property
    def exports(self) -> Path:
        """Where exports of the console wait to be taken."""
        return self.export_folder or self._beside_the_database(EXPORT_FOLDER)

    def _beside_the_database(self, name: str) -> Path:
        """In the folder of the SQLite database, or the working directory."""
        scheme, _, path = self.database_url.partition(":///")
        folder = Path(path.partition("?")[0]).parent if scheme.startswith("sqlite") and path else Path()
        return folder / name

    @property
    def log_number(self) -> int:
        """The level as `logging` counts it."""
        return logging.getLevelNamesMapping()[self.log_level]


def environment_with(**settings: str) -> dict[str, str]:
    """The environment for another process of this service, these settings (by name) set in it."""
    return {**os.environ, **{PREFIX + name.upper(): value for name, value in settings.items()}}  # noqa: TID251 - here only


def set_for_workers(**settings: str) -> None:
    """Set these settings (by name) for the processes that this one starts, which read the environment, too."""
    os.environ.update(environment_with(**settings))  # noqa: TID251 - here only


def share_metrics(folder: Path) -> None:
    """Let this process and those it starts count into files of a folder; before anything is counted."""
    os.environ[METRICS_FOLDER] = str(folder)  # noqa: TID251 - here only


def metrics_folder() -> Path | None:
    """The folder in which the workers of a service count; `None` where one process counts for itself."""
    named = os.environ.get(METRICS_FOLDER)  # noqa: TID251 - here only
    return Path(named) if named else None


def _is_url(text: str) -> bool:
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        return False
    plain = not (parts.query or parts.fragment or "@" in parts.netloc or "\\" in text or "%" in text)
    return parts.scheme in ("http", "https") and bool(parts.hostname) and port != 0 and plain


def _insist(holds: bool, should: str) -> None:
    if not holds:
        raise ValueError(should)


def _explained(error: ValidationError) -> str:
    """One line for each broken variable: its name and what it should be."""
    lines = []
    for one in error.errors(include_input=False, include_url=False, include_context=False):
        name = PREFIX + str(one["loc"][0] if one["loc"] else "").upper()
        lines.append(f"- {name}: {one['msg'].removeprefix('Value error, ')}")
    return "These settings cannot be used; correct or unset them:\n" + "\n".join(dict.fromkeys(lines))
