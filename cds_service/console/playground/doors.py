"""The services that the playground can call: this one, without a network, and those that the settings allow.

A call to this service goes through its own door (all of `web/`), in this thread, so what is shown is what a client
would get. `witnessed` wraps what evaluates a call, so that the decision can be explained afterwards; calls that do not
come from the playground are not looked at.
"""

import time
from collections.abc import Callable, Mapping
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from cds_service.console.exchange import Answer, AnswerNotUsableError, Service, UnreachableError, decoded
from cds_service.console.stories import TargetUnusableError
from cds_service.domain.trace import OrderTrace

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

Seen = Callable[[], tuple[OrderTrace, ...]]
_watched: ContextVar[list[Seen] | None] = ContextVar("watched", default=None)


class NoAnswerError(Exception):
    """A service could not be called, or did not answer as CDS Hooks says; the message says what to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """One call and its answer. `traces`: the reasoning, of this service only."""

    service_id: str
    url: str
    answer: Answer
    traces: tuple[OrderTrace, ...] = field(default=())


def witness(seen: Seen) -> None:
    """Tell the playground, where it is waiting, how a call that was evaluated just now can be explained."""
    watched = _watched.get()
    if watched is not None:
        watched.append(seen)


class Door(Protocol):
    """A service that can be called."""

    def call(self, hook: str, body: bytes, token: str) -> Exchange:
        """Fire a hook request at the service of a hook; `token`, where there is one, is sent with it.

        Raises:
            NoAnswerError: it offers none, cannot be reached, or answers otherwise than CDS Hooks says.
        """

    def feedback(self, service_id: str, body: bytes, token: str) -> Exchange:
        """Say what became of cards.

        Raises:
            NoAnswerError: it cannot be reached.
        """


class OwnDoor:
    """This very service.

    Args:
        app: the whole application, with everything around it.
        services: hook -> id of its CDS Service.
        url: its base URL, as clients know it.
    """

    def __init__(self, app: "WSGIApplication", services: Mapping[str, str], url: str) -> None:
        """See the class."""
        self._app, self._services, self._url = app, services, url

    def call(self, hook: str, body: bytes, token: str) -> Exchange:
        """See `Door`."""
        service_id = self._services.get(hook)
        if service_id is None:
            raise NoAnswerError(
                f"This service has no CDS Service on that hook; its hooks are: {', '.join(self._services)}."
            )
        path = f"/cds-services/{service_id}"
        watched: list[Seen] = []
        mark = _watched.set(watched)
        try:
            answer = self._send(path, body, token)
        finally:
            _watched.reset(mark)
        traces = tuple(trace for seen in watched for trace in seen())
        return Exchange(service_id=service_id, url=self._url + path, answer=answer, traces=traces)

    def feedback(self, service_id: str, body: bytes, token: str) -> Exchange:
        """See `Door`."""
        path = f"/cds-services/{service_id}/feedback"
        return Exchange(service_id=service_id, url=self._url + path, answer=self._send(path, body, token))

    def _send(self, path: str, body: bytes, token: str) -> Answer:
        from werkzeug.test import Client  # noqa: PLC0415 - of no use to a service without a playground

        headers = {"Authorization": f"Bearer {token}"} if token else {}
        began = time.perf_counter()
        answer = Client(self._app).post(
            path, data=body, content_type="application/json", headers=headers, base_url=self._url
        )
        milliseconds = (time.perf_counter() - began) * 1000
        return Answer(
            status=answer.status_code,
            content=decoded(answer.data),
            milliseconds=milliseconds,
            media_type=answer.content_type or "",
        )


class AllowedDoor:
    """A service elsewhere, that the settings name."""

    def __init__(self, base: str) -> None:
        """`base`: its base URL."""
        self._base = base

    def call(self, hook: str, body: bytes, token: str) -> Exchange:
        """See `Door`; the service of the hook is looked up by discovery."""
        return self._asked(token, lambda service: (found := service.discover(hook), service.call(found, body)))

    def feedback(self, service_id: str, body: bytes, token: str) -> Exchange:
        """See `Door`."""
        return self._asked(token, lambda service: (service_id, service.feedback(service_id, body)), "/feedback")

    def _asked(self, token: str, ask: Callable[[Service], tuple[str, Answer]], below: str = "") -> Exchange:
        try:
            with Service(self._base, f"Bearer {token}" if token else "") as service:
                service_id, answer = ask(service)
        except (TargetUnusableError, UnreachableError, AnswerNotUsableError) as error:
            raise NoAnswerError(str(error)) from None
        return Exchange(service_id=service_id, url=f"{self._base}/cds-services/{service_id}{below}", answer=answer)
