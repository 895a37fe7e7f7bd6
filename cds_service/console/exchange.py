"""One exchange with a CDS service over HTTP: discovery, a hook call, feedback. For the terminal and the playground.

What a service answers is not trusted: sizes and times are bounded, and redirects are not followed.
"""

import json
import time
from dataclasses import dataclass
from urllib.parse import quote, urlsplit

import requests

from cds_service.console.stories import TargetUnusableError
from cds_service.console.untrusted import members, plain

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
    media_type: str = ""

    @property
    def ok(self) -> bool:
        """Whether the status is 2xx."""
        return 200 <= self.status < 300


def decoded(body: bytes | bytearray) -> object:
    """The JSON of a body; None when it is none."""
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return None


class Service:
    """A CDS service below a base URL, over one kept connection.

    Args:
        url: base URL; with or without `/cds-services` at its end.
        authorization: value of the header Authorization; none when empty.

    Raises:
        TargetUnusableError: not an http(s) URL.
    """

    def __init__(self, url: str, authorization: str = "") -> None:
        """See the class."""
        parts = urlsplit(url)
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise TargetUnusableError(f"{url} is not a URL of a service: give one like http://127.0.0.1:8080.")
        self.base = url.rstrip("/").removesuffix("/cds-services")
        self._session = requests.Session()
        self._session.headers["Accept"] = "application/json"
        if authorization:
            self._session.headers["Authorization"] = authorization
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

    def call(self, service_id: str, body: bytes) -> Answer:
        """Fire a hook request.

        Raises:
            UnreachableError, AnswerNotUsableError: see there.
        """
        return self._send("POST", f"/cds-services/{quote(service_id, safe='')}", body)

    def feedback(self, service_id: str, body: bytes) -> Answer:
        """Say what became of cards.

        Raises:
            UnreachableError, AnswerNotUsableError: see there.
        """
        return self._send("POST", f"/cds-services/{quote(service_id, safe='')}/feedback", body)

    def _send(self, method: str, path: str, body: bytes | None = None) -> Answer:
        began = time.perf_counter()
        headers = {"Content-Type": "application/json"} if body else {}
        try:
            with self._session.request(
                method,
                self.base + path,
                data=body,
                headers=headers,
                timeout=TIMEOUT_SECONDS,
                stream=True,
                allow_redirects=False,
            ) as response:
                status, read = response.status_code, bytearray()
                media_type = response.headers.get("Content-Type", "")
                for chunk in response.iter_content(65_536):
                    read += chunk
                    if len(read) > MOST_BYTES:
                        raise AnswerNotUsableError(f"{self.base}{path} sent more than {MOST_BYTES // 1_000_000} MB.")
        except (requests.RequestException, OSError) as error:
            raise UnreachableError(
                f"{self.base} could not be reached ({type(error).__name__}): is the service running there? "
                "`cds-service serve` starts one."
            ) from error
        milliseconds = (time.perf_counter() - began) * 1000
        return Answer(status=status, content=decoded(read), milliseconds=milliseconds, media_type=media_type)
