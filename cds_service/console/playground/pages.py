"""The routes of the playground: show the form, fire a hook call, say what became of a card."""

from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import datetime
from functools import cache
from uuid import UUID

from flask import Blueprint, Response, current_app, jsonify, make_response, render_template, request

from cds_service.console.kit import Site, page_blueprint
from cds_service.console.playground.choices import Choices, choices_of
from cds_service.console.playground.doors import AllowedDoor, Door, NoAnswerError, OwnDoor
from cds_service.console.playground.firing import Told, fire, tell
from cds_service.console.playground.inputs import LONGEST_REQUEST, Inputs, read_inputs
from cds_service.console.playground.links import fragment_of, query_of, sandbox_links
from cds_service.console.playground.patients import InputsUnusableError
from cds_service.console.untrusted import plain
from cds_service.domain.content import Content

MOST_BYTES = 4 * LONGEST_REQUEST  # of a form, in which characters are escaped
NOT_ALLOWED = "That service may not be called from here; the setting CDS_PLAYGROUND_SERVICES lists those that may."


@dataclass(frozen=True, slots=True, kw_only=True)
class Ports:
    """What the playground needs of the service around it.

    Attributes:
        content: the release in use. allowed: base URLs of other services that may be called.
        clock: now, UTC. new_uuid: random ids.
    """

    site: Site
    content: Content
    allowed: tuple[str, ...]
    clock: Callable[[], datetime]
    new_uuid: Callable[[], UUID]


def make_playground(ports: Ports) -> Blueprint:
    """The pages over these ports."""
    pages = page_blueprint("playground", __name__)
    pages.add_app_template_global(lambda names: [(name, name) for name in names], "pairs")
    choices = cache(lambda: choices_of(ports.content))

    @pages.before_request
    def bound() -> None:
        request.max_content_length = request.max_form_memory_size = MOST_BYTES

    @pages.get("/playground")
    def show() -> str:
        inputs = read_inputs(request.args)
        return _page(ports, choices(), inputs, run="run" in request.args and not inputs.service)

    @pages.post("/playground")
    def fired() -> Response:
        inputs = read_inputs(request.form)
        links = {"query": query_of(inputs), "fragment": fragment_of(inputs)}
        try:
            brought = fire(inputs, choices(), _door(ports, inputs.service), ports.new_uuid)
        except (InputsUnusableError, NoAnswerError) as error:
            return make_response(_page(ports, choices(), inputs, problem=plain(str(error)), **links), 422)
        return make_response(_page(ports, choices(), inputs, fired=brought, **links))

    @pages.post("/playground/feedback")
    def feedback() -> Response:
        sent = request.form
        try:
            told = tell(sent, _door(ports, sent.get("service", "")), ports.clock())
        except NoAnswerError as error:
            told = Told(ok=False, said=plain(str(error)), asked="")
        if request.accept_mimetypes.best_match(["text/html", "application/json"]) == "application/json":
            return jsonify(asdict(told))
        return make_response(render_template("playground/feedback.html", told=told))

    return pages


def _page(ports: Ports, choices: Choices, inputs: Inputs, **more: object) -> str:
    hooks = tuple(hook.hook for hook in ports.content.hooks)
    nothing = {"fired": None, "problem": "", "query": "", "fragment": "", "run": False}
    return render_template(
        "playground/playground.html",
        inputs=inputs,
        choices=choices,
        allowed=ports.allowed,
        sandbox=sandbox_links(ports.site.url(), hooks),
        **(nothing | more),
    )


def _door(ports: Ports, service: str) -> Door:
    """The service that was asked for; only the settings say which ones there are.

    Raises:
        NoAnswerError: it is none of them.
    """
    if not service:
        services = {hook.hook: hook.service_id for hook in ports.content.hooks}
        return OwnDoor(current_app.wsgi_app, services, ports.site.url())
    if service not in ports.allowed:
        raise NoAnswerError(NOT_ALLOWED)
    return AllowedDoor(service)
