"""The knowledge pages: everything of the catalogue is on them, in the same words, as a page and as JSON."""

import html
import json
import re
from dataclasses import replace
from functools import cache

import pytest

from cds_service.console.knowledge import KNOWLEDGE, make_knowledge, parts
from cds_service.content.catalogue import catalogue as catalogue_of
from cds_service.content.catalogue_file import with_supplements
from cds_service.content.load import load
from cds_service.domain.catalogue import ContestedPoint, Question, Statement, Supplements
from cds_service.domain.content import Evidence
from cds_service.settings import PACKAGED_CONTENT
from tests.unit.console.site import app_of

CONTENT = load(PACKAGED_CONTENT)
CATALOGUE = with_supplements(CONTENT, PACKAGED_CONTENT)
OVERVIEWS = ["", "/alternatives", "/exemptions", "/contested", "/evidence", "/value-sets", "/statements"]
HOSTILE = "<script>x()</script>**a**"


@cache
def client(whole=None):
    shown = whole or CATALOGUE
    return app_of(make_knowledge(lambda: shown, CONTENT.value_set_codes), places=(KNOWLEDGE,)).test_client()


@cache
def page(path, whole=None):
    answer = client(whole).get(f"/knowledge{path}")
    assert answer.status_code == 200
    assert answer.mimetype == "text/html"
    return answer.text


def text_of(path):
    """What a reader sees: the page without its tags, blanks made one."""
    return " ".join(html.unescape(re.sub(r"<[^>]+>", "", page(path))).split())


def plain(words):
    """A sentence of the release without its marks."""
    return " ".join(re.sub(r"[{}*`]", "", words).split())


def test_the_overview_leads_everywhere():
    text = page("")
    for rule in CATALOGUE.rules:
        assert f'href="/knowledge/rules/{rule.id}"' in text
        assert html.escape(rule.title, quote=True).replace("&#x27;", "&#39;") in text
    for path in OVERVIEWS[1:]:
        assert f'href="/knowledge{path}"' in text
    assert CATALOGUE.release.sha256 in text
    assert "do not apply" in text


@pytest.mark.parametrize("rule", CATALOGUE.rules, ids=lambda rule: rule.id)
def test_a_rule_tells_all(rule):
    text = text_of(f"/rules/{rule.id}")
    told = [rule.title, *rule.logic.values(), *rule.points.values(), *rule.silent.values()]
    for variant in rule.variants.values():
        told += [variant.summary, variant.problem, variant.why, variant.instead]
    told += [one.citation for one in rule.evidence] + [one.claim for one in rule.evidence]
    told += [one.name for one in rule.thresholds] + [str(one.value) for one in rule.thresholds]
    told += [one.case for one in rule.examples] + [one.says for one in rule.examples]
    told += [one.name for one in rule.source_attributes] + [one.value for one in rule.source_attributes]
    told += [one.what for one in rule.provenance.history]
    told += [CATALOGUE.override_reasons[code] for code in rule.override_reasons]
    assert [words for words in told if plain(words) not in text] == []
    assert len(rule.source_attributes) == 13


@pytest.mark.parametrize("rule", CATALOGUE.rules, ids=lambda rule: rule.id)
def test_a_model_card_fits_what_a_compliance_officer_asks(rule):
    text = text_of(f"/rules/{rule.id}/model-card")
    told = [rule.version, CATALOGUE.release.version, *rule.logic.values(), CATALOGUE.release.sign_off]
    told += [one.citation for one in rule.evidence]
    told += [one.name for one in rule.source_attributes] + [one.value for one in rule.source_attributes]
    assert [words for words in told if plain(words) not in text] == []


@pytest.mark.parametrize("one", CATALOGUE.alternatives, ids=lambda one: one.id)
def test_an_alternative_tells_all(one):
    text = text_of(f"/alternatives/{one.id}")
    told = [one.title, *one.labels.values(), *one.points.values(), *one.notes.values(), *one.blocked.values()]
    told += [text_ for _, text_ in parts(one.logic)]
    told += [line for order in one.orders for line in order.lines]
    told += [source.citation for source in one.evidence] + [example.says for example in one.examples]
    assert [words for words in told if plain(words) not in text] == []
    assert len(one.source_attributes) == 13


def test_the_parts_of_what_a_half_says():
    assert parts("Thing: first.\n\nOffered when: it\n    fits: so.\nNever") == [
        ("Thing", "first."),
        ("Offered when", "it fits: so. Never"),
    ]


def test_every_cell_of_the_exemptions():
    rows = json.loads(client().get("/knowledge/exemptions.json").data)
    told = {(row["rule"], row["variant"], id_): effect for row in rows for id_, effect in row["effects"].items()}
    words = {"S": "silent", "W": "at most warning", "I": "at most info", "-": "unchanged"}
    matrix = {
        (*(key.split("/") if "/" in key else (key, "")), id_): words[effect]
        for key, row in CONTENT.exemptions.matrix.items()
        for id_, effect in row.items()
    }
    assert told == matrix
    text = page("/exemptions")
    assert text.count('<td class="middle">') == len(rows) * len(CATALOGUE.exemptions)


def test_the_other_pages_tell_all():
    for point in CATALOGUE.supplements.contested:
        assert plain(point.followed) in text_of("/contested")
    for question in CATALOGUE.supplements.questions:
        assert plain(question.asks) in text_of("/contested")
    for source in CATALOGUE.evidence:
        assert source.citation in text_of("/evidence")
        assert (f'href="{html.escape(source.url)}"' in page("/evidence")) == source.linkable
    for one in CATALOGUE.value_sets:
        assert one.title in text_of("/value-sets")
    for statement in CATALOGUE.supplements.statements:
        assert plain(statement.says) in text_of("/statements")


def test_a_value_set_lists_its_codes():
    name = CATALOGUE.value_sets[0].name
    for coding in CONTENT.value_set_codes[name]:
        assert f"<code>{coding.code}</code>" in page(f"/value-sets/{name}")


@pytest.mark.parametrize(
    "path", [*OVERVIEWS, f"/rules/{CATALOGUE.rules[0].id}", f"/value-sets/{CATALOGUE.value_sets[0].name}"]
)
def test_the_same_as_json(path):
    by_name = client().get(f"/knowledge{path}.json")
    by_accept = client().get(f"/knowledge{path}", headers={"Accept": "application/json"})
    assert by_name.mimetype == by_accept.mimetype == "application/json"
    assert by_name.data == by_accept.data
    assert isinstance(json.loads(by_name.data), dict | list)
    assert by_accept.headers["Vary"] == "Accept"


@pytest.mark.parametrize("accept", ["*/*", "text/html,application/xhtml+xml,*/*;q=0.8", "image/png", ""])
def test_a_page_unless_json_is_asked_for(accept):
    assert client().get("/knowledge", headers={"Accept": accept}).mimetype == "text/html"


def test_a_reader_may_keep_what_has_not_changed():
    first = client().get("/knowledge")
    assert first.headers["Cache-Control"] == "no-cache"
    again = client().get("/knowledge", headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    assert "Content-Security-Policy" in again.headers


@pytest.mark.parametrize(
    "path", ["/rules/nope", "/rules/nope.json", "/alternatives/nope", "/value-sets/nope", "/rules/"]
)
def test_nothing_there(path):
    assert client().get(f"/knowledge{path}").status_code == 404


def test_links_within_the_pages_lead_somewhere():
    seen, open_ = set(), ["/knowledge"]
    while open_:
        path = open_.pop()
        if path in seen:
            continue
        seen.add(path)
        answer = client().get(path)
        assert answer.status_code == 200, path
        if answer.mimetype == "text/html":
            found = re.findall(r'href="(/knowledge[^"#]*)', answer.text)
            open_ += [one for one in found if not one.startswith("/knowledge/value-sets/")]
    assert len(seen) > 100


def test_words_of_a_site_overlay_cannot_break_out():
    rule = replace(CATALOGUE.rules[0], title=HOSTILE, points={"p": HOSTILE}, logic={"Says": HOSTILE})
    source = Evidence(
        id="EV-X", claim=HOSTILE, citation=HOSTILE, label="", url="javascript:x()", strength="s", verified="V1"
    )
    supplements = Supplements(
        contested=(
            ContestedPoint(
                id="x", topic=HOSTILE, popular=HOSTILE, primary="p", followed="f", touches=("gone",), evidence=("EV-X",)
            ),
        ),
        questions=(Question(id="q", asks=HOSTILE, touches=(rule.id,)),),
        statements=(Statement(id="s", says=HOSTILE, realised_by=("gone",), tests=(HOSTILE,)),),
    )
    whole = replace(CATALOGUE, rules=(rule,), evidence=(*CATALOGUE.evidence, source), supplements=supplements)
    for path in (*OVERVIEWS, f"/rules/{rule.id}", f"/rules/{rule.id}/model-card"):
        answer = client_of(whole).get(f"/knowledge{path}")
        assert answer.status_code == 200
        assert "<script>x" not in answer.text
        assert 'href="javascript' not in answer.text
    assert "&lt;script&gt;" in answer.text


def client_of(whole):
    return app_of(make_knowledge(lambda: whole, CONTENT.value_set_codes), places=(KNOWLEDGE,)).test_client()


def test_a_release_with_little_to_say():
    bare = catalogue_of(CONTENT, Supplements())
    for path in OVERVIEWS:
        assert client_of(bare).get(f"/knowledge{path}").status_code == 200
    assert "This release states none." in client_of(bare).get("/knowledge/statements").text
