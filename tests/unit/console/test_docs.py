"""The documentation pages: the whole of openapi.yaml, a sheet for each client family, the guides."""

import html
import re
from pathlib import Path

import yaml

from cds_service.console.docs import DOCS
from cds_service.console.docs.guides import Guide, as_page, guides
from cds_service.console.docs.interface import read_interface
from cds_service.console.docs.pages import Ports, make_docs
from tests.unit.console.site import app_of, site

ROOT = Path(__file__).parents[3]
OPENAPI = (ROOT / "openapi.yaml").read_bytes()
WHOLE = yaml.safe_load(OPENAPI)


def client(**changed):
    ports = Ports(
        site=site(public_url="https://cds.example.org"),
        openapi=lambda: OPENAPI,
        sheets={"one": "Registering with One"},
        sheet_of=lambda family, base: f"# Registering\n\n`{base}/cds-services` for **{family}**",
    )
    app = app_of(make_docs(ports), places=(DOCS,), **changed)
    app.add_url_rule("/openapi.yaml", "api.openapi", lambda: "")
    app.add_url_rule("/cds-services", "api.discover", lambda: "")
    return app.test_client()


def text_of(page):
    return " ".join(html.unescape(re.sub(r"<[^>]+>", "", page)).split())


def test_the_contents_lead_to_everything():
    text = client().get("/docs").text
    for address in ("/docs/api", "/openapi.yaml", "/cds-services", "/docs/registration/one", "/docs/clinical-content"):
        assert f'href="{address}"' in text
        assert client().get(address).status_code == 200


def test_every_operation_body_and_answer_is_told():
    answer = client().get("/docs/api")
    text = text_of(answer.text)
    for path, item in WHOLE["paths"].items():
        for method in item.keys() & {"get", "post"}:
            assert f"{method.upper()} {path} {item[method]['summary']}" in text
            assert f'id="{item[method]["operationId"]}"' in answer.text
            assert all(f">{status}</span>" in answer.text for status in item[method]["responses"])
    for name, schema in WHOLE["components"]["schemas"].items():
        assert f'id="schema-{name}"' in answer.text
        for member in schema.get("properties", {}):
            assert f"<code>{member}</code>" in answer.text
    assert "A man of 81" in text
    assert "https://cds.example.org" in text


def test_links_to_schemas_lead_somewhere():
    text = client().get("/docs/api").text
    assert set(re.findall(r'href="#([^"]+)"', text)) - {"main"} <= set(re.findall(r' id="([^"]+)"', text))


def test_kinds_in_words():
    text = b"""
    info: {title: T, version: 1}
    paths:
      /a:
        get:
          operationId: a
          tags: [x]
          security: [{client: []}]
          requestBody: {$ref: "#/components/requestBodies/B"}
          responses: {"200": {description: d}}
    tags: [{name: x}]
    components:
      requestBodies:
        B: {content: {application/json: {schema: {type: string}, examples: {e: {$ref: "#/components/examples/E"}}}}}
      examples: {E: {summary: An example, value: {a: 2020-01-01}}}
      schemas:
        S:
          required: [a]
          properties:
            a: {const: 1}
            b: {enum: [x, y]}
            c: {type: array, minItems: 1, items: {$ref: "#/components/schemas/S"}}
            d: {allOf: [{$ref: "#/components/schemas/S"}, {required: [a]}]}
            e: {type: [string, "null"], minLength: 2}
            f: true
            g: {description: said}
          oneOf: [{title: First, properties: {h: {type: string}}}, {$ref: "#/components/schemas/S2"}]
        S2: {type: integer, minimum: 3}
    """
    read = read_interface(text)
    (operation,) = read.tags["x"][1]
    assert operation.guarded
    assert operation.bodies[0].examples == (("An example", '{\n  "a": "2020-01-01"\n}'),)
    shape = read.shapes[0]
    assert [(one.name, one.kind.words, one.kind.schema) for one in shape.members] == [
        ("a", "always 1", ""),
        ("b", '"x" or "y"', ""),
        ("c", "array of S", "S"),
        ("d", "S", "S"),
        ("e", "string or null", ""),
        ("f", "anything", ""),
        ("g", "anything", ""),
    ]
    assert shape.members[0].required
    assert shape.members[2].kind.limits == ("not empty",)
    assert shape.members[4].kind.limits == ("at least 2 characters",)
    assert [one.name for one in shape.either] == ["First", "S2"]


def test_a_registration_sheet():
    answer = client().get("/docs/registration/one")
    assert "https://cds.example.org/cds-services" in answer.text
    assert "<strong>one</strong>" in answer.text
    assert client().get("/docs/registration/other").status_code == 404


def test_every_installed_guide_is_a_page_with_links_that_lead_somewhere():
    for guide in guides():
        answer = client().get(f"/docs/{guide.slug}")
        assert answer.status_code == 200
        for address in re.findall(r'href="(/docs/[^"#]*)', answer.text):
            assert client().get(address).status_code == 200
        assert not re.findall(r'href="(?!https?:|/|#)', answer.text)
    assert client().get("/docs/nope").status_code == 404
    assert client().get("/docs/..%2fREADME.md").status_code == 404


def test_links_between_guides(tmp_path):
    (tmp_path / "hooks").mkdir()
    text = """# Title of *it*

<!-- not
shown -->
[a](../README.md#Part-one) [b](other.py) [c](#title-of-it) [d](https://example.org)
[e](../../../etc/passwd) [f [g]](x.py)

## Title of it
"""
    (tmp_path / "hooks" / "README.md").write_text(text, encoding="utf-8")
    (guide,) = guides(tmp_path)
    assert (guide.slug, guide.title) == ("clinical-content", "Title of *it*")
    page = as_page(guide, {"README.md": "/docs/start"}, tmp_path)
    assert '<a href="/docs/start#Part-one">a</a>' in page
    assert "<span>b</span>" in page
    assert '<a href="#title-of-it">c</a>' in page
    assert 'href="https://example.org" target="_blank"' in page
    assert "<span>e</span>" in page
    assert "<span>f [g]</span>" in page
    assert 'id="title-of-it"' in page
    assert "not\nshown" not in page


def test_repeated_headings_have_anchors_of_their_own(tmp_path):
    path = tmp_path / "README.md"
    path.write_text("## A b\n\n## A b\n", encoding="utf-8")
    page = as_page(Guide(slug="start", title="t", path=path), {}, tmp_path)
    assert 'id="a-b"' in page
    assert 'id="a-b-1"' in page
