"""The composition root: the only place that picks concrete parts, reads the clock and makes random ids.

`create_app` builds the service from settings; `serving` runs it.
"""

import time
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID, uuid4  # noqa: TID251 - the one place that makes random ids

import requests
from flask import Flask

from cds_service import __version__, per_client
from cds_service.clients.keys import JwkSet
from cds_service.clients.registry import read_registrations
from cds_service.clients.tokens import Authenticate, keys_of, make_authenticate
from cds_service.console.playground.doors import witness
from cds_service.content.catalogue_file import with_supplements
from cds_service.content.release import open_release
from cds_service.dialects.fit import Fit, families, make_fit, read
from cds_service.dialects.sheet import Offered, sheet
from cds_service.domain.catalogue import SourceAttribute
from cds_service.domain.client import ANONYMOUS, Client, Registration
from cds_service.domain.content import Content
from cds_service.domain.decision import Decision
from cds_service.domain.errors import SettingsBroken, UnknownService
from cds_service.domain.request import HookRequest
from cds_service.domain.trace import OrderTrace
from cds_service.engine.trace import trace
from cds_service.fhir.templates import templates
from cds_service.hook_call import answer
from cds_service.ledger.ledger import MOST_FEEDBACK
from cds_service.ledger.opening import open_ledger
from cds_service.ledger.proof.checkpoints import policy_of
from cds_service.ledger.pseudonyms import load_or_create_key
from cds_service.ledger.screening import make_screen, words_of
from cds_service.pages import register_pages
from cds_service.per_client import make_steps_of
from cds_service.settings import Settings
from cds_service.telemetry.exposition import exposition
from cds_service.telemetry.metrics import make_metrics
from cds_service.web.admission import Admission
from cds_service.web.api import make_api
from cds_service.web.calls import make_read_call
from cds_service.web.one_slash import one_slash
from cds_service.web.ports import Ports
from cds_service.web.problems import problem
from cds_service.web.surroundings import NEW_ID, begin, make_surround

LEDGER = "cds-ledger"  # in app.extensions, for whoever stops the service
REFRESH = "cds-refresh"  # likewise: brings what is measured, not counted, up to date


def utc_now() -> datetime:
    """Now, UTC: the one clock of the service."""
    return datetime.now(UTC)  # noqa: TID251 - the one clock


def open_content(settings: Settings) -> Content:
    """The content release that the settings name, with its overlay, its signatures verified where keys are set.

    Raises:
        ContentBroken: refuse to start, saying what to mend.
    """
    return open_release(settings.content_path, settings.overlay_path, settings.content_public_key)


def create_app(
    settings: Settings | None = None,
    *,
    clock: Callable[[], datetime] = utc_now,
    new_uuid: Callable[[], UUID] = uuid4,
) -> Flask:
    """The WSGI application, its ledger open: made once in each worker, after any fork.

    Args:
        settings: default: read from the environment.
        clock: now, UTC; given by tests that need the same answer twice.
        new_uuid: random ids; likewise.

    Raises:
        SettingsBroken, ContentBroken: refuse to start, saying what to mend.
        LedgerUnavailable: the database cannot be opened.
    """
    settings = settings or Settings()
    content = open_content(settings)
    key = pseudonym_key(settings)
    metrics = make_metrics(
        [hook.service_id for hook in content.hooks],
        [rule.id for rule in content.rules],
        __version__,
        content.release.version,
    )
    ledger = open_ledger(
        settings.database_url,
        pseudonym_key=key,
        screen=make_screen(words_of(content)),
        checkpoints=policy_of(settings, clock),
        spool=settings.spool,
        wait_seconds=settings.commit_budget_ms / 1_000,
        count=metrics.ledger,
    )
    ledger.use_release(content, clock(), __version__)
    registrations = _registrations(settings)

    def commit(decision: Decision) -> None:
        ledger.commit(decision)
        metrics.decided(decision)

    def refresh() -> None:
        health = ledger.health()
        metrics.ledger_is(bool(health.database), health.waiting, health.rejected)

    def measured() -> bytes:
        refresh()
        return exposition(metrics.registry)

    steps_of = make_steps_of(settings, content, registrations, commit, ledger.pseudonym, clock, new_uuid, metrics)

    def answered(request: HookRequest, client: Client) -> Decision:
        steps = steps_of(client)
        decision = answer(request, steps)
        witness(lambda: trace(decision.assessments, decision.cards, steps.content))
        return decision

    admission = Admission(settings.threads, settings.room, settings.max_wait_ms / 1_000, metrics.shed)
    app = Flask(__name__, static_folder=None)
    app.extensions[LEDGER] = ledger
    app.extensions[REFRESH] = refresh
    app.register_blueprint(
        make_api(
            Ports(
                hooks=content.hooks,
                prefetch={hook.service_id: templates(content, hook) for hook in content.hooks},
                discovery_versions=settings.discovery_versions,
                authenticate=_authenticate(settings, registrations, clock),
                answer=answered,
                reasons_of=per_client.make_reasons_of(content, registrations),
                keep_feedback=ledger.commit_feedback,
                ping=ledger.ping,
                place=admission.place,
                metrics=measured if settings.has_metrics else None,
                clock=clock,
                new_uuid=new_uuid,
                public_url=settings.public_url,
                max_body_bytes=settings.max_body_bytes,
                max_depth=settings.max_depth,
                most_feedback=MOST_FEEDBACK,
            )
        )
    )
    register_pages(app, settings, content, ledger, key, clock, new_uuid)
    app.register_error_handler(Exception, problem)
    app.extensions[NEW_ID] = new_uuid
    app.before_request(begin)
    app.after_request(make_surround(settings.cors_origins, settings.threads, metrics.responded))
    app.wsgi_app = one_slash(app.wsgi_app)  # type: ignore[method-assign, assignment] # as Flask says it is done
    return app


def rehearse(settings: Settings, hook: str, body: bytes) -> tuple[OrderTrace, ...]:
    """Evaluate a hook call as the service would, record nothing, and tell the reasoning for each reviewed order.

    Raises:
        UnknownService: no CDS Service is offered on the hook.
        RequestRefused, DataMissing, AllRulesFailed: as for a call over HTTP.
    """
    content = open_content(settings)
    service = next((one for one in content.hooks if one.hook == hook), None)
    if service is None:
        raise UnknownService(f"No CDS Service is offered on {hook}.")
    request = make_read_call(service, settings.max_depth)(body, ANONYMOUS, utc_now(), time.monotonic_ns())
    steps_of = make_steps_of(settings, content, (), _forget, _nobody, utc_now, uuid4)
    decision = answer(request, steps_of(ANONYMOUS))
    return trace(decision.assessments, decision.cards, content)


def contents_of(path: Path | None) -> Mapping[str, Content]:
    """What each client would be answered from, by issuer: of a release in a folder, or of the one in use.

    Raises:
        SettingsBroken, ContentBroken: it cannot be used.
    """
    settings = Settings()
    content = open_content(settings) if path is None else open_release(path, settings.overlay_path)
    return per_client.contents_of(content, _registrations(settings))


def sources() -> Iterator[tuple[str, str, SourceAttribute]]:
    """Id and version of each rule and alternative of the release in use, with each of its source attributes.

    Raises:
        SettingsBroken, ContentBroken: it cannot be used.
    """
    settings = Settings()
    entries = with_supplements(open_content(settings), settings.content_path)
    for rule in entries.rules:
        yield from ((rule.id, rule.version, one) for one in rule.source_attributes)
    for alternative in entries.alternatives:
        yield from ((alternative.id, alternative.version, one) for one in alternative.source_attributes)


def fit_of(dialect: str, content: Content) -> Fit | None:
    """Cards -> what a client family can use; `None` for no such family."""
    return make_fit(read(dialect), content.phrases) if dialect in families() else None


def _forget(_decision: Decision) -> None:
    """Keep no record."""


def _nobody(_kind: str, _identifier: str) -> str:
    """No pseudonym: nothing is kept under it."""
    return ""


def pseudonym_key(settings: Settings) -> bytes:
    """The key of the ledger's pseudonyms.

    Raises:
        SettingsBroken: its file cannot be used.
    """
    if settings.pseudonym_key is not None:
        return bytes.fromhex(settings.pseudonym_key.get_secret_value())
    return load_or_create_key(settings.key_file)


def _authenticate(
    settings: Settings, registrations: tuple[Registration, ...], clock: Callable[[], datetime]
) -> Authenticate:
    """How callers are recognised: by the tokens of registered clients, or, in open mode, not at all.

    Raises:
        SettingsBroken: the keys of a client cannot be used.
    """
    session = requests.Session()
    session.headers["Accept"] = "application/json"
    found = keys_of(registrations, lambda url: JwkSet(url, time.monotonic, session))
    return make_authenticate(registrations, found, clock, open_mode=settings.is_open)


def _registrations(settings: Settings) -> tuple[Registration, ...]:
    """The clients of the clients file; none without one.

    Raises:
        SettingsBroken: it cannot be used, or nobody could call.
    """
    if settings.clients_file is None:
        if not settings.is_open:
            raise SettingsBroken("CDS_OPEN_MODE is false and there is no CDS_CLIENTS_FILE: nobody could call.")
        return ()
    if not settings.public_url and not settings.test_setup:  # the audience would be whatever the Host header says
        raise SettingsBroken(
            "CDS_PUBLIC_URL is not set, so no token could be held to the address it is meant for. "
            "Set it to the URL clients use, like https://cds.example.org."
        )
    return read_registrations(settings.clients_file, dialects=families(), public_keys_allowed=settings.test_setup)


def registration_sheet(family: str, url: str = "", fhir_version: str = "R4") -> str:
    """The registration sheet of a client family, as Markdown, with prefetch and scopes of its FHIR version.

    Raises:
        SettingsBroken: there is no such family.
        ContentBroken: the content release cannot be used.
    """
    settings = Settings()
    if family not in families():
        raise SettingsBroken(f"There is no client family {family}; there are {', '.join(sorted(families()))}.")
    base = (url or settings.public_url or "http://127.0.0.1:8080").rstrip("/")
    content = open_content(settings)
    offered = [
        Offered(id=hook.service_id, hook=hook.hook, title=hook.title, prefetch=templates(content, hook, fhir_version))
        for hook in content.hooks
    ]
    return sheet(read(family), base, offered)
