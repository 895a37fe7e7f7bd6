"""The routes of the documentation."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache

from flask import Blueprint, abort, render_template, url_for

from cds_service.console.docs.guides import FILES, Guide, as_page, guides
from cds_service.console.docs.interface import Interface, read_interface
from cds_service.console.kit import Site, page_blueprint
from cds_service.console.markdown import to_html


@dataclass(frozen=True, slots=True, kw_only=True)
class Ports:
    """What the documentation is made of.

    Attributes:
        openapi: gives the bytes of openapi.yaml.
        sheets: client family -> its name. sheet_of: (family, base URL) -> its registration sheet as Markdown.
    """

    site: Site
    openapi: Callable[[], bytes]
    sheets: Mapping[str, str]
    sheet_of: Callable[[str, str], str]


def make_docs(ports: Ports) -> Blueprint:
    """The pages over these ports."""
    pages = page_blueprint("docs", __name__)

    @cache
    def interface() -> Interface:
        return read_interface(ports.openapi())

    @cache
    def listed() -> Mapping[str, Guide]:
        return {guide.slug: guide for guide in guides()}

    @pages.get("/docs")
    def contents() -> str:
        return render_template("docs/contents.html", guides=listed().values(), sheets=ports.sheets)

    @pages.get("/docs/api")
    def api() -> str:
        return render_template("docs/api.html", interface=interface(), base=ports.site.url())

    @pages.get("/docs/registration/<family>")
    def registration(family: str) -> str:
        if family not in ports.sheets:
            abort(404)
        text = to_html(ports.sheet_of(family, ports.site.url()))
        return render_template("docs/text.html", title=f"Registration: {ports.sheets[family]}", text=text)

    @pages.get("/docs/<slug>")
    def guide(slug: str) -> str:
        found = listed().get(slug)
        if found is None:
            abort(404)
        addresses = {FILES[one]: url_for("docs.guide", slug=one) for one in listed()}
        return render_template("docs/text.html", title=found.title, text=as_page(found, addresses))

    return pages
