"""A site of nothing but the kit, for tests of pages."""

from datetime import date

from flask import Flask

from cds_service.console.home import make_home
from cds_service.console.kit import Place, Site, make_kit
from cds_service.domain.content import Release

RELEASE = Release(version="9.8.7", date=date(2026, 1, 2), reviewers=(), sha256="0" * 64, sign_off="Not for patients.")
HOME = Place(label="Front", endpoint="home.home", about="where one starts")


def site(**changed):
    given = {"name": "Review", "release": RELEASE, "software": "1.2.3", "open_mode": True, "places": (HOME,)}
    return Site(**(given | changed))


def app_of(*blueprints, **changed):
    """An application of the kit, the front page and these."""
    app = Flask(__name__, static_folder=None)
    whole = site(**changed)
    app.register_blueprint(make_kit(whole))
    app.register_blueprint(make_home(whole, ()))
    for blueprint in blueprints:
        app.register_blueprint(blueprint)
    return app
