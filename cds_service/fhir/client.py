"""Reads of the client's FHIR server: few, parallel, bounded in time, pages and bytes, and never elsewhere.

`make_fetch` gives the port `Fetch`. Each section comes back as its pages, raw, or as `Unavailable` with one of

    no-access           the request names no FHIR server
    server-not-allowed  the server is not among those the operator listed (`CDS_FHIR_SERVERS`)
    scope               the access granted does not cover this type
    timeout             no answer within the deadline, which is one for all reads of a call
    refused             401, 403 or another 4xx
    not-found           404 or 410
    server-error        5xx, a redirect (never followed), a broken connection
    unreadable          neither JSON nor uncompressed
    too-large           more bytes than are read
    resting             the server failed repeatedly and is let alone for a while (`breakers`)
    address-not-allowed its name leads to an address that may not be reached (`connect`)

What comes after the last page that may be read stays unread: that page still names the next one, so whoever reads the
pages knows that there is more. Neither token nor URL is ever logged.
"""

import logging
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor, wait
from contextvars import copy_context
from http.cookiejar import DefaultCookiePolicy
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urljoin

import msgspec
import requests
from urllib3.exceptions import HTTPError
from urllib3.exceptions import TimeoutError as HttpTimeout

from cds_service.domain.errors import SettingsBroken
from cds_service.domain.facts import Unavailable
from cds_service.domain.request import FhirAccess
from cds_service.domain.trail import TRAIL
from cds_service.fhir.breakers import Breakers, RestingError
from cds_service.fhir.connect import AddressNotAllowedError, CheckedAdapter
from cds_service.fhir.scopes import covers
from cds_service.fhir.servers import Server, is_below, read_server

Fetched = tuple[bytes, ...] | Unavailable
Fetch = Callable[[FhirAccess, Mapping[str, str]], Mapping[str, Fetched]]

MOST_AT_ONCE = 32  # reads in flight in one process; further ones wait, and count against their deadline
CHUNK = 65_536
_GONE = {404, 410}
log = logging.getLogger(__name__)


class Limits(msgspec.Struct, frozen=True):
    """Bounds of one call: seconds for everything, pages and bytes for each section."""

    seconds: float = 0.4
    pages: int = 5
    bytes: int = 4 * 1024 * 1024


DEFAULT_LIMITS = Limits()


class Told(NamedTuple):
    """Who hears of each read (type of resource, outcome, seconds) and of each breaker (number, whether it is open)."""

    read: Callable[[str, str, float], None]
    breaker: Callable[[int, bool], None]


UNTOLD = Told(lambda _about, _outcome, _seconds: None, lambda _number, _is_open: None)


class _FetchError(Exception):
    """A read that gave nothing; `why` is a token of the module's list."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


class _Link(msgspec.Struct):
    relation: str = ""
    url: str = ""


class _Page(msgspec.Struct):
    link: tuple[_Link, ...] = ()


class _Reader(msgspec.Struct, frozen=True):
    """What all reads share."""

    session: requests.Session
    limits: Limits
    breakers: Breakers
    told: Callable[[str, str, float], None]


class _Reading(msgspec.Struct, frozen=True):
    """One section's read: where (`number`: the place of the listed server), with which token, until when.

    `until` is in seconds of the monotonic clock.
    """

    base: Server
    number: int
    url: str
    token: str
    until: float

    def left(self) -> float:
        """Seconds left.

        Raises:
            _FetchError: none.
        """
        left = self.until - time.monotonic()
        if left <= 0:
            raise _FetchError("timeout")
        return left


_page = msgspec.json.Decoder(_Page)
_FAILING = frozenset({"timeout", "server-error", "unreadable"})  # of the server, not of the request


def make_fetch(
    servers: tuple[str, ...],
    limits: Limits = DEFAULT_LIMITS,
    ca_file: Path | None = None,
    *,
    private: bool = False,
    told: Told | None = None,
) -> Fetch:
    """The port that reads the client's FHIR server; made once, its threads and connections serve all calls.

    Args:
        servers: base URLs that may be read; none of them, nothing is ever read. `https`, unless listed as `http`.
        limits: bounds of each call.
        ca_file: certificates (PEM) of the authorities that vouch for the servers; default: the well-known ones.
        private: the servers may have addresses of a private network.
        told: what is to hear of each read.

    Raises:
        SettingsBroken: a base URL or the certificate file cannot be used.
    """
    allowed = tuple(_listed(url) for url in servers)
    heard = told or UNTOLD
    reader = _Reader(
        _session(ca_file, private=private), limits, Breakers(len(allowed), _counts, told=heard.breaker), heard.read
    )
    threads = ThreadPoolExecutor(max_workers=MOST_AT_ONCE, thread_name_prefix="fhir-read")

    def fetch(access: FhirAccess, queries: Mapping[str, str]) -> Mapping[str, Fetched]:
        """Each section's pages, all within one deadline."""
        base = read_server(access.server)
        number = next((at for at, one in enumerate(allowed) if base is not None and one.holds(base)), None)
        if base is None or number is None:
            why = "server-not-allowed" if access.server.strip() else "no-access"
            return dict.fromkeys(queries, Unavailable(why=why))
        until = time.monotonic() + limits.seconds
        answers: dict[str, Fetched] = {
            name: Unavailable(why="scope") for name, query in queries.items() if not covers(access.scope, query)
        }
        started = {
            name: threads.submit(
                copy_context().run, _read, reader, _reading(access, base, number, query, until), _type_of(query)
            )
            for name, query in queries.items()
            if name not in answers
        }
        wait(started.values(), timeout=max(0.0, until - time.monotonic()))
        for name, future in started.items():
            if future.done():
                answers[name] = future.result()
            else:
                future.cancel()  # one that is running ends by itself: its socket waits no longer than the deadline
                answers[name] = Unavailable(why="timeout")
        return answers

    return fetch


def _listed(url: str) -> Server:
    server = read_server(url)
    if server is None:
        raise SettingsBroken("CDS_FHIR_SERVERS lists a URL that is not of the form https://host/path; write it so.")
    return server


def _counts(error: BaseException) -> bool:
    """Whether an error is the server's failing."""
    return isinstance(error, _FetchError) and error.why in _FAILING


def _session(ca_file: Path | None, *, private: bool) -> requests.Session:
    if ca_file is not None and not ca_file.is_file():
        raise SettingsBroken("CDS_FHIR_CA_FILE names no file; give the path of a PEM file with certificates.")
    logging.getLogger("urllib3").setLevel(logging.ERROR)  # below that it logs URLs, which name patients
    session = requests.Session()
    session.trust_env = False  # a .netrc would replace the token, a proxy of the environment would see it
    session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))  # nothing of one call reaches another
    session.verify = str(ca_file) if ca_file is not None else True
    for scheme in ("https://", "http://"):
        session.mount(
            scheme, CheckedAdapter(private=private, pool_connections=16, pool_maxsize=MOST_AT_ONCE, max_retries=0)
        )
    return session


def _type_of(query: str) -> str:
    return query.partition("?")[0].partition("/")[0]


def _reading(access: FhirAccess, base: Server, number: int, query: str, until: float) -> _Reading:
    token = "" if access.access_token.isspace() else access.access_token
    return _Reading(base=base, number=number, url=f"{access.server.rstrip('/')}/{query}", token=token, until=until)


# One section, in a thread of its own ----------------------------------------------------------------------------------


def _read(reader: _Reader, reading: _Reading, about: str) -> Fetched:
    started = time.monotonic()
    outcome: Fetched
    try:
        with reader.breakers.reading(reading.number):
            outcome = _pages(reader, reading)
        said = "read"
    except RestingError:
        outcome, said = Unavailable(why="resting"), "resting"
    except _FetchError as error:
        outcome, said = Unavailable(why=error.why), error.why
    seconds = time.monotonic() - started
    reader.told(about, said, seconds)
    log.log(
        logging.INFO if said == "read" else logging.WARNING, "FHIR %s: %s in %d ms", about, said, round(seconds * 1_000)
    )
    return outcome


def _pages(reader: _Reader, reading: _Reading) -> tuple[bytes, ...]:
    """The first page and those that follow; pages got before a failure are kept, for the last one names the lost."""
    pages: list[bytes] = []
    seen: set[str] = set()
    url, room = reading.url, reader.limits.bytes
    while url and url not in seen and len(pages) < reader.limits.pages:
        seen.add(url)
        try:
            page = _get(reader, reading, url, room)
            following = _next(page, url)
        except _FetchError:
            if pages:
                break
            raise
        pages.append(page)
        room -= len(page)
        url = following
    return tuple(pages)


def _next(page: bytes, url: str) -> str:
    try:
        links = _page.decode(page).link
    except msgspec.ValidationError:  # JSON, but strange: whoever reads the page decides what to make of it
        return ""
    except (msgspec.DecodeError, RecursionError):  # no JSON, or deeper than any reader goes
        raise _FetchError("unreadable") from None
    following = next((link.url for link in links if link.relation == "next" and link.url), "")
    try:
        return urljoin(url, following) if following else ""
    except ValueError:  # no address: the page goes on naming what follows it, so that this counts as unread
        return ""


def _get(reader: _Reader, reading: _Reading, url: str, room: int) -> bytes:
    if not is_below(url, reading.base):
        raise _FetchError("not-found")  # an id of dots, or a next link to elsewhere
    headers = {**TRAIL.get().headers, "Accept": "application/fhir+json", "Accept-Encoding": "identity"}
    if reading.token:
        headers["Authorization"] = f"Bearer {reading.token}"
    try:
        with reader.session.get(
            url, headers=headers, timeout=reading.left(), stream=True, allow_redirects=False
        ) as response:
            reading.left()  # headers that were cut off for their slowness look like none
            _check(response, room)
            return _body(response, reading, room)
    except (requests.Timeout, HttpTimeout):
        raise _FetchError("timeout") from None
    except (requests.RequestException, HTTPError, ValueError, OSError) as error:
        # ValueError: a token or an address that HTTP cannot carry
        log.warning("FHIR connection failed: %s", type(error).__name__)
        if _is_about_the_address(error):
            raise _FetchError("address-not-allowed") from None
        raise _FetchError("server-error") from None


def _is_about_the_address(error: BaseException) -> bool:
    """Whether the connection was refused by us; `requests` wraps urllib3's reason in an error of its own."""
    reason = getattr(error.args[0], "reason", None) if error.args else None
    return isinstance(reason, AddressNotAllowedError)


def _check(response: requests.Response, room: int) -> None:
    status = response.status_code
    if status in _GONE:
        raise _FetchError("not-found")
    if 400 <= status < 500:
        raise _FetchError("refused")
    if status != requests.codes.ok:
        raise _FetchError("server-error")
    if response.headers.get("Content-Encoding", "identity").strip().lower() not in ("", "identity"):
        raise _FetchError("unreadable")
    length = response.headers.get("Content-Length", "")
    if length.isdecimal() and len(length) < 20 and int(length) > room:
        raise _FetchError("too-large")


def _body(response: requests.Response, reading: _Reading, room: int) -> bytes:
    """The body as it comes, looking at the clock and the size after every piece of it."""
    pieces = bytearray()
    while piece := response.raw.read1(CHUNK, decode_content=False):
        pieces += piece
        if len(pieces) > room:
            raise _FetchError("too-large")
        reading.left()
    return bytes(pieces)
