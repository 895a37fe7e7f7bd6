"""The front page: what this service is, where its doors are, what there is to read and to try."""

from flask import Blueprint, render_template

from cds_service.console.kit import Site, page_blueprint
from cds_service.domain.content import Hook


def make_home(site: Site, hooks: tuple[Hook, ...]) -> Blueprint:
    """The front page of this site, over the CDS Services on offer."""
    pages = page_blueprint("home", __name__)

    @pages.get("/")
    def home() -> str:
        return render_template("home/home.html", hooks=hooks, base=site.url())

    return pages
