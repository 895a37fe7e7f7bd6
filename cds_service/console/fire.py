"""One hook call at any CDS service, and its answer as people read it.

What a service answers is not trusted: sizes and times are bounded, and `render` takes control characters out.
"""

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlsplit

import requests
from rich.console import Console
from rich.text import Text

from cds_service.console.render import members, plain, show_answer, show_problem
from cds_service.console.stories import TargetUnusableError, hook_request

OK, NOT_IN_ORDER, USAGE, UNREACHABLE = 0, 1, 2, 3
TIMEOUT_SECONDS = 30.0
MOST_BYTES = 20_000_000
LOOPBACK = {"localhost", "127.0.0.1", "::1"}


class UnreachableError(Exception):
    """The service could not be reached; the message says what was tried and what to do."""


class AnswerNotUsableError(Exception):
    """The service answered, but not as CDS Hooks says."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What came back: `content` is the decoded JSON, or None when the body is no JSON."""

    status: int
    content: object
    milliseconds: float

    @property
    def ok(self) -> bool:
        """Whether the status is 2xx."""
        return 200 <= self.status < 300


class Service:
    """A CDS service below a base URL, over one kept connection.

    Args:
        url: base URL; with or without `/cds-services` at its end.

    Raises:
        TargetUnusableError: not an http(s) URL.
    """

    def __init__(self, url: str) -> None:
        """See the class."""
        parts = urlsplit(url)
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise TargetUnusableError(f"{url} is not a URL of a service: give one like http://127.0.0.1:8080.")
        self.base = url.rstrip("/").removesuffix("/cds-services")
        self._session = requests.Session()
        self._session.trust_env = parts.hostname not in LOOPBACK  # a proxy of the environment cannot reach loopback

    def __enter__(self) -> "Service":
        """Usable in `with`."""
        return self

    def __exit__(self, *_: object) -> None:
        """Closes the connection."""
        self._session.close()

    def discover(self, hook: str) -> str:
        """The id of the first service that discovery lists for a hook.

        Raises:
            UnreachableError, AnswerNotUsableError: see there.
            TargetUnusableError: it offers none for this hook.
        """
        answer = self._send("GET", "/cds-services")
        listed = members(answer.content).get("services")
        if not answer.ok or not isinstance(listed, list):
            raise AnswerNotUsableError(
                f"{self.base}/cds-services answered with status {answer.status} and no list of services: "
                "is this the base URL of a CDS service? --service goes without discovery."
            )
        offers = [members(one) for one in listed]
        found = next((one["id"] for one in offers if one.get("hook") == hook and isinstance(one.get("id"), str)), None)
        if found is None:
            hooks = ", ".join(sorted({plain(one.get("hook")) for one in offers})) or "none at all"
            raise TargetUnusableError(f"{self.base} offers no service for {hook}; its hooks are: {hooks}.")
        return str(found)

    def call(self, service_id: str, request: Mapping[str, Any]) -> Answer:
        """Fire a hook request.

        Raises:
            UnreachableError, AnswerNotUsableError: see there.
        """
        return self._send("POST", f"/cds-services/{quote(service_id, safe='')}", json.dumps(request).encode())

    def _send(self, method: str, path: str, body: bytes | None = None) -> Answer:
        began = time.perf_counter()
        headers = {"Accept": "application/json", **({"Content-Type": "application/json"} if body else {})}
        try:
            with self._session.request(
                method, self.base + path, data=body, headers=headers, timeout=TIMEOUT_SECONDS, stream=True
            ) as response:
                status, read = response.status_code, bytearray()
                for chunk in response.iter_content(65_536):
                    read += chunk
                    if len(read) > MOST_BYTES:
                        raise AnswerNotUsableError(f"{self.base}{path} sent more than {MOST_BYTES // 1_000_000} MB.")
        except (requests.RequestException, OSError) as error:
            raise UnreachableError(
                f"{self.base} could not be reached ({type(error).__name__}): is the service running there? "
                "`cds-service serve` starts one."
            ) from error
        return Answer(status=status, content=_decoded(read), milliseconds=(time.perf_counter() - began) * 1000)


def _decoded(body: bytearray) -> object:
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return None


def fire(
    target: str,
    url: str,
    *,
    hook: str | None = None,
    service: str | None = None,
    show_raw: bool = False,
    console: Console | None = None,
) -> int:
    """Fire one hook call and print the answer.

    Args:
        target: name of a story of `fhir_fixtures`, or path of a JSON file with a hook request.
        url: base URL of the service.
        hook: hook to fire; default: the one the file names, of a story order-sign.
        service: id of the service; default: the first that discovery lists for the hook.
        show_raw: print request and answer as JSON as well.
        console: where to print; default: standard output.

    Returns:
        Exit code: 0 answered with cards (or none), 1 the answer is an error or no CDS Hooks answer, 2 this cannot be
        fired, 3 the service cannot be reached.
    """
    console = console or Console()
    try:
        request = hook_request(target, hook)
        with Service(url) as asked:
            service_id = service or asked.discover(request["hook"])
            console.print(Text(f"{request['hook']} → {asked.base}/cds-services/{plain(service_id)}", style="bold"))
            answer = asked.call(service_id, request)
    except TargetUnusableError as error:
        return _complain(console, error, USAGE)
    except AnswerNotUsableError as error:
        return _complain(console, error, NOT_IN_ORDER)
    except UnreachableError as error:
        return _complain(console, error, UNREACHABLE)
    if show_raw:
        console.print_json(data=request, ensure_ascii=True)
        console.print_json(data=answer.content, ensure_ascii=True)
    return _show(console, answer)


def _show(console: Console, answer: Answer) -> int:
    if not answer.ok:
        show_problem(console, answer.status, answer.content)
        return NOT_IN_ORDER
    if not isinstance(members(answer.content).get("cards"), list):
        message = f"Status {answer.status}, but no JSON object with a list `cards`: not an answer of CDS Hooks."
        return _complain(console, AnswerNotUsableError(message), NOT_IN_ORDER)
    show_answer(console, members(answer.content), answer.milliseconds)
    return OK


def _complain(console: Console, error: Exception, code: int) -> int:
    console.print(Text(plain(str(error)), style="red"))
    return code
