"""The least that a Flask endpoint can do: read the JSON, answer one fixed card. The service is measured against it."""

from flask import Flask, Response, request

CARD = b'{"cards":[{"uuid":"d1577c69-dfbe-44ad-ba6d-3e05e953b2ea","summary":"A summary","indicator":"info"}]}'


def make() -> Flask:
    """The application; granian calls this."""
    app = Flask(__name__)

    @app.post("/cds-services/<service_id>")
    def call(service_id: str) -> Response:
        assert request.get_json()["hook"], service_id
        return Response(CARD, content_type="application/json")

    @app.get("/readyz")
    def ready() -> str:
        return "ready"

    return app
