"""One HTTP exchange of the doctor: bounded in time and size, without redirects, without proxies for loopback."""

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import requests

from cds_service.console.exchange import Answer, decoded

TIMEOUT_SECONDS = 10.0
MOST_BYTES = 5_000_000
LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


class NoAnswerError(Exception):
    """Nothing came back; `kind` is `tls`, `timeout` or `connection`."""

    def __init__(self, kind: str, detail: str) -> None:
        """See the class."""
        super().__init__(detail)
        self.kind = kind


@dataclass(frozen=True, slots=True, kw_only=True)
class Got:
    """What came back; header names in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    milliseconds: float

    @property
    def json(self) -> object:
        """The decoded body; None when it is no JSON."""
        return decoded(self.body)

    @property
    def answer(self) -> Answer:
        """The same as an answer of a CDS service."""
        return Answer(
            status=self.status,
            content=self.json,
            milliseconds=self.milliseconds,
            media_type=self.headers.get("content-type", ""),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """Who asks: base URL, and the headers of every request (a test token, say)."""

    base: str
    headers: Mapping[str, str] = field(default_factory=dict)
    ca_file: str = ""

    def get(self, method: str, path: str, body: bytes | None = None, **headers: str) -> Got:
        """One exchange; `path` below the base URL.

        Raises:
            NoAnswerError: nothing came back.
        """
        began = time.perf_counter()
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        with requests.Session() as session:
            session.trust_env = urlsplit(self.base).hostname not in LOOPBACK
            try:
                with session.request(
                    method,
                    self.base + path,
                    data=body,
                    headers={"Accept": "application/json", **self.headers, **named},
                    timeout=TIMEOUT_SECONDS,
                    allow_redirects=False,
                    verify=self.ca_file or True,
                    stream=True,
                ) as response:
                    content = response.raw.read(MOST_BYTES, decode_content=True)
            except requests.exceptions.SSLError as error:
                raise NoAnswerError("tls", type(error).__name__) from None
            except requests.Timeout as error:
                raise NoAnswerError("timeout", type(error).__name__) from None
            except (requests.RequestException, OSError, ValueError) as error:
                raise NoAnswerError("connection", type(error).__name__) from None
        return Got(
            status=response.status_code,
            headers={name.lower(): value for name, value in response.headers.items()},
            body=content,
            milliseconds=(time.perf_counter() - began) * 1000,
        )
