"""The routes of CDS Hooks, and those for whoever keeps the service running.

| | |
|---|---|
| `GET /cds-services` | discovery |
| `POST /cds-services/{id}` | a hook call |
| `POST /cds-services/{id}/feedback` | what people did with the cards |
| `GET /openapi.yaml` | all of this, for machines |
| `GET /metrics` | for Prometheus, where it is answered here |
| `GET /healthz`, `/readyz` | does the process answer; could it answer a hook call |
"""

from collections.abc import Callable
from pathlib import Path
from time import monotonic_ns

from flask import Blueprint, Response, request

from cds_service.domain.errors import UnknownService
from cds_service.web.body import read_body
from cds_service.web.calls import make_read_call
from cds_service.web.discovery import discovery
from cds_service.web.feedback import make_read_feedback
from cds_service.web.ports import Ports
from cds_service.web.problems import JSON
from cds_service.web.wire import answer_of

HERE = Path(__file__).parent
PROMETHEUS = "text/plain; version=0.0.4; charset=utf-8"
UNKNOWN = "There is no CDS Service of this id; GET /cds-services lists them."


def make_api(ports: Ports) -> Blueprint:
    """The routes over these ports."""
    api = Blueprint("api", __name__)
    listed = discovery(ports.hooks, ports.prefetch, with_versions=ports.discovery_versions)
    description = openapi_file().read_bytes()
    readers = {hook.service_id: make_read_call(hook, ports.max_depth) for hook in ports.hooks}
    read_feedback = make_read_feedback(ports.reasons_of, ports.new_uuid, ports.max_depth, ports.most_feedback)

    @api.get("/cds-services", strict_slashes=False)
    def discover() -> Response:
        return Response(listed, content_type=JSON, headers={"Cache-Control": "no-cache"})

    @api.post("/cds-services/<service_id>", strict_slashes=False)
    def call(service_id: str) -> Response:
        client = ports.authenticate(request.headers.get("Authorization", ""), _url(ports.public_url))
        received_at, received_ns = ports.clock(), monotonic_ns()
        read_call = readers.get(service_id)
        if read_call is None:
            raise UnknownService(UNKNOWN)
        body = read_body(request, ports.max_body_bytes)
        with ports.place(client.issuer or request.remote_addr or ""):
            hook_request = read_call(body, client, received_at, received_ns)
            return Response(answer_of(ports.answer(hook_request, client).shown), content_type=JSON)

    @api.post("/cds-services/<service_id>/feedback", strict_slashes=False)
    def feedback(service_id: str) -> Response:
        client = ports.authenticate(request.headers.get("Authorization", ""), _url(ports.public_url))
        received_at = ports.clock()
        if service_id not in readers:
            raise UnknownService(UNKNOWN)
        body = read_body(request, ports.max_body_bytes)
        ports.keep_feedback(read_feedback(body, service_id, client, received_at), client.claims)
        return Response(b"{}", content_type=JSON)

    @api.get("/openapi.yaml")
    def openapi() -> Response:
        return Response(description, content_type="application/yaml")

    @api.get("/healthz")
    def healthy() -> Response:
        return Response(b'{"status":"ok"}', content_type=JSON)

    @api.get("/readyz")
    def ready() -> Response:
        ports.ping()
        return Response(b'{"status":"ready"}', content_type=JSON)

    if ports.metrics is not None:
        _add_metrics(api, ports.metrics)
    return api


def _add_metrics(api: Blueprint, measured: Callable[[], bytes]) -> None:
    @api.get("/metrics")
    def metrics() -> Response:
        return Response(measured(), content_type=PROMETHEUS)


def _url(public_url: str) -> str:
    """The URL that was called, as the client knows it: what its token must be meant for."""
    return f"{public_url or f'{request.scheme}://{request.host}'}{request.path}"


def openapi_file() -> Path:
    """Where openapi.yaml lies: beside this module where the package is installed, at the top of a checkout."""
    packaged = HERE / "openapi.yaml"
    return packaged if packaged.is_file() else HERE.parents[1] / "openapi.yaml"
