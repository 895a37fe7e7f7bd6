"""The composition root: the only place that picks concrete parts, reads the clock and makes random ids.

`create_app` builds the service from settings; `serving` runs it.
"""

from collections.abc import Callable
from datetime import UTC, date, datetime
from uuid import UUID, uuid4  # noqa: TID251 - the one place that makes random ids
from zoneinfo import ZoneInfo

from flask import Flask

from cds_service.content.release import open_release
from cds_service.dialects.fit import make_fit, read
from cds_service.domain.card import Card
from cds_service.domain.client import ANONYMOUS, Client
from cds_service.domain.content import Content
from cds_service.domain.decision import Decision
from cds_service.domain.request import HookRequest
from cds_service.domain.steps import Steps
from cds_service.fhir.client import Limits, make_fetch
from cds_service.fhir.gather import make_gather
from cds_service.fhir.templates import templates
from cds_service.fhir.write import make_write
from cds_service.hook_call import answer
from cds_service.ledger.ledger import MOST_FEEDBACK, Ledger, open_ledger
from cds_service.ledger.pseudonyms import load_or_create_key
from cds_service.settings import Settings
from cds_service.web.api import make_api
from cds_service.web.invariants import hold
from cds_service.web.one_slash import one_slash
from cds_service.web.ports import Ports
from cds_service.web.problems import problem
from cds_service.web.surroundings import make_surround

LEDGER = "cds-ledger"  # in app.extensions, for whoever stops the service
USUAL_DIALECT = "generic"


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
    ledger = open_ledger(settings.database_url, pseudonym_key=pseudonym_key(settings))
    steps = _steps(settings, content, ledger, clock, new_uuid)

    def answered(request: HookRequest) -> Decision:
        return answer(request, steps)

    app = Flask(__name__, static_folder=None)
    app.extensions[LEDGER] = ledger
    app.register_blueprint(
        make_api(
            Ports(
                hooks=content.hooks,
                prefetch={hook.service_id: templates(content, hook) for hook in content.hooks},
                authenticate=_anyone,
                answer=answered,
                keep_feedback=ledger.commit_feedback,
                ping=ledger.ping,
                clock=clock,
                new_uuid=new_uuid,
                max_body_bytes=settings.max_body_bytes,
                max_depth=settings.max_depth,
                most_feedback=MOST_FEEDBACK,
            )
        )
    )
    app.register_error_handler(Exception, problem)
    app.after_request(make_surround(settings.cors_origins, new_uuid))
    app.wsgi_app = one_slash(app.wsgi_app)  # type: ignore[method-assign, assignment] # as Flask says it is done
    return app


def pseudonym_key(settings: Settings) -> bytes:
    """The key of the ledger's pseudonyms.

    Raises:
        SettingsBroken: its file cannot be used.
    """
    if settings.pseudonym_key is not None:
        return bytes.fromhex(settings.pseudonym_key.get_secret_value())
    return load_or_create_key(settings.key_file)


def _steps(
    settings: Settings,
    content: Content,
    ledger: Ledger,
    clock: Callable[[], datetime],
    new_uuid: Callable[[], UUID],
) -> Steps:
    zone = ZoneInfo(settings.time_zone)
    fetch = make_fetch(
        settings.fhir_servers, Limits(seconds=settings.fhir_deadline_ms / 1_000), ca_file=settings.fhir_ca_file
    )
    fit = make_fit(read(USUAL_DIALECT))

    def today() -> date:
        return clock().astimezone(zone).date()

    def fitted(cards: tuple[Card, ...]) -> tuple[Card, ...]:
        return hold(fit(cards))

    return Steps(
        content=content,
        gather=make_gather(content, fetch, zone, today),
        write=make_write(content),
        fit=fitted,
        dialect=USUAL_DIALECT,
        commit=ledger.commit,
        pseudonym=ledger.pseudonym,
        clock=clock,
        new_uuid=new_uuid,
    )


def _anyone(_authorization: str, _path: str) -> Client:
    """Open mode: whoever calls is answered."""
    return ANONYMOUS
