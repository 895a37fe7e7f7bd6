"""The pages for people, over the parts of the service they show: which there are, and what each is given."""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import cache
from uuid import UUID

from flask import Blueprint, Flask, Response

from cds_service import __version__
from cds_service.console.audit import CONSOLE
from cds_service.console.audit.pages import make_console
from cds_service.console.audit.ports import Ports as ConsolePorts
from cds_service.console.below import below
from cds_service.console.docs import DOCS
from cds_service.console.docs.pages import Ports as DocsPorts
from cds_service.console.docs.pages import make_docs
from cds_service.console.home import make_home
from cds_service.console.kit import Place, Site, make_kit, show_problem, wants_page
from cds_service.console.knowledge import KNOWLEDGE, make_knowledge
from cds_service.console.playground import PLAYGROUND
from cds_service.content.catalogue_file import with_supplements
from cds_service.dialects.fit import families, read
from cds_service.dialects.sheet import Offered, sheet
from cds_service.domain.catalogue import Catalogue
from cds_service.domain.content import Content
from cds_service.domain.errors import LedgerUnavailable
from cds_service.fhir.templates import templates
from cds_service.ledger.accounts.accounts import Accounts
from cds_service.ledger.accounts.sessions import Lifetimes
from cds_service.ledger.ledger import Ledger
from cds_service.ledger.opening import open_database
from cds_service.ledger.proof.checkpoints import public_key_file
from cds_service.ledger.questions.questions import Questions
from cds_service.ledger.works.doing import Verifying
from cds_service.ledger.works.works import Works
from cds_service.settings import Settings
from cds_service.web.api import openapi_file
from cds_service.web.problems import problem


def register_pages(
    app: Flask,
    settings: Settings,
    content: Content,
    ledger: Ledger,
    key: bytes,
    clock: Callable[[], datetime],
    new_uuid: Callable[[], UUID],
) -> None:
    """Register every page on the application.

    Args:
        app: the application.
        settings: of the service; they say whether there is a playground.
        content: the release in use.
        ledger: what the console reads.
        key: secret bytes, the same in every worker.
        clock: now, UTC.
        new_uuid: random ids.
    """
    accounts, questions, works = _opened(settings, ledger, key, clock, new_uuid)
    site = Site(
        name=content.source_label,
        release=content.release,
        software=__version__,
        open_mode=settings.is_open,
        places=_places(settings, accounts),
        public_url=settings.public_url,
    )

    @cache
    def catalogue() -> Catalogue:
        return with_supplements(content, settings.content_path)

    app.wsgi_app = below(app.wsgi_app, settings.public_url)  # type: ignore[method-assign, assignment] # as Flask says it is done
    app.register_error_handler(404, _nothing_there)
    app.register_blueprint(make_kit(site))
    app.register_blueprint(make_home(site, content.hooks))
    app.register_blueprint(make_knowledge(catalogue, content.value_set_codes))
    app.register_blueprint(make_docs(_docs(site, content)))
    app.register_blueprint(
        make_console(
            ConsolePorts(
                site=site,
                content=content,
                accounts=accounts,
                questions=questions,
                works=works,
                note=ledger.commit_access,
                key=key,
                whole_seconds=settings.console_hours * 3_600,
                clock=clock,
                new_uuid=new_uuid,
            )
        )
    )
    if settings.has_playground:
        app.register_blueprint(_playground(site, settings, content, clock, new_uuid))


def _playground(
    site: Site, settings: Settings, content: Content, clock: Callable[[], datetime], new_uuid: Callable[[], UUID]
) -> Blueprint:
    from cds_service.console.playground import pages  # noqa: PLC0415 - it needs the stories, a service without it none

    allowed = settings.playground_services
    return pages.make_playground(
        pages.Ports(site=site, content=content, allowed=allowed, clock=clock, new_uuid=new_uuid)
    )


def _nothing_there(error: Exception) -> Response:
    """No such address: told to a person by a page, to a program by an OperationOutcome."""
    return show_problem(error) if wants_page() else problem(error)


def _docs(site: Site, content: Content) -> DocsPorts:
    offered = [
        Offered(id=hook.service_id, hook=hook.hook, title=hook.title, prefetch=templates(content, hook))
        for hook in content.hooks
    ]
    return DocsPorts(
        site=site,
        openapi=lambda: openapi_file().read_bytes(),
        sheets={family: read(family).registration.title for family in sorted(families())},
        sheet_of=lambda family, base: sheet(read(family), base, offered),
    )


def _opened(
    settings: Settings,
    ledger: Ledger,
    key: bytes,
    clock: Callable[[], datetime],
    new_uuid: Callable[[], UUID],
) -> tuple[Accounts, Questions, Works]:
    """Who may read the record, and the record to read, over connections of their own: a search delays no hook call."""
    database = open_database(settings.database_url)
    keys = public_key_file(settings.signing_key)
    verifying = Verifying(key_file=keys, folder=settings.checkpoint_folder)
    works = Works(database, settings.exports, verifying, clock, lambda: str(new_uuid()))
    ledger.closing(works.close)
    ledger.closing(database.close)
    idle, whole = timedelta(minutes=settings.console_idle_minutes), timedelta(hours=settings.console_hours)
    accounts = Accounts(database, key, Lifetimes(idle=idle, whole=whole), clock)
    return accounts, Questions(database, keys), works


def _places(settings: Settings, accounts: Accounts) -> tuple[Place, ...]:
    places = [KNOWLEDGE]
    if settings.has_playground:
        places.append(PLAYGROUND)
    try:
        audited = accounts.there_are()
    except LedgerUnavailable:  # the service starts without its database; the console then shows without its entry
        audited = False
    return (*places, DOCS, *([CONSOLE] if audited else []))
