"""The catalogue: records that say everything of a release, and Markdown that can be read."""

import re
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

import msgspec
import pytest

from cds_service.content.catalogue import catalogue, logic_parts, order_lines, source_attributes
from cds_service.content.catalogue_markdown import to_markdown
from cds_service.content.load import load
from cds_service.content.thresholds import numbers_of
from cds_service.domain.catalogue import ContestedPoint, Example, Question, Statement, Supplements
from cds_service.domain.content import ValueSetNote
from cds_service.domain.orders import ServiceOrder
from cds_service.domain.outcome import Indicator
from cds_service.domain.provenance import Bound, Change, Layer, Origins, Provenance, Uses
from cds_service.domain.terminology import Coding
from tests.unit.engine.small_content import CHANGE, DRUG, alternative, content, finding, rule

LOGIC = """Long use.

Says: how long it has been,
    and that it is long.
Speaks when: long.
Silent when: short.
Cannot tell when: never.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Params:
    days: int = 28
    limits: dict = None
    classes: tuple = ("a", "b")
    on: bool = True


def made():
    long = rule("long", finding(), offers=("sg-a",), gives_way_to={"short": "replaced"}, unless={"*": ("critical",)})
    long = replace(
        long,
        params=Params(limits={"75626-2": 3, "72110-0": Decimal(8)}),
        units={"days": "d", "limits": "{score}"},
        bounds={"days": Bound(least=14, most=28)},
        variants={"plain": replace(long.variants["plain"], may_be=(Indicator.INFO,), summary="Long | {name}")},
        logic=LOGIC,
        value_sets=("falls",),
        provenance=Provenance(
            owner="The owner",
            next_review=date(2027, 1, 1),
            history=(
                Change(version="1.1.0", date=date(2026, 2, 1), what="Shorter.", why="Clearer."),
                Change(version="1.0.0", date=date(2026, 1, 1), what="First.", why="Needed."),
            ),
            uses=Uses(date_of_birth="Age decides."),
        ),
    )
    whole = content(
        long,
        replace(rule("short", finding(), order=2), evidence=(), no_evidence="It states nothing.", shadow=True),
        alternatives=(
            alternative("sg-a", orders={"default": DRUG, "change": CHANGE}),
            alternative("sg-b", kind="service"),
        ),
        matrix={"long": {"X": "S", "Y": "-"}, "long/plain": {"X": "I"}},
    )
    return replace(
        whole,
        exemptions=replace(whole.exemptions, names={"X": "exempt", "Y": "not"}, evidence={"X": ("EV-1",)}),
        value_set_codes={"falls": (Coding(system="s", code="1"), Coding(system="t", code="2"))},
        value_sets={"falls": "1.2.3"},
        value_set_notes={"falls": ValueSetNote(title="Falls", purpose="To fall.")},
        origins=Origins(developer="Us.", funding_source="None.", unused="Not used."),
    )


SUPPLEMENTS = Supplements(
    contested=(
        ContestedPoint(
            id="p",
            topic="Topic",
            popular="Pop.",
            primary="Prim.",
            followed="Us.",
            touches=("long",),
            evidence=("EV-1",),
        ),
    ),
    questions=(Question(id="q", asks="Is it?", touches=("long",)),),
    examples=(
        Example(of="long", case="a case", says="warning: Long"),
        Example(of="sg-a", case="another", says="offered"),
    ),
    meanings={"long": {"days": "how long"}},
    statements=(
        Statement(id="S01", says="It is so.", realised_by=("long",), tests=("test_x::test_y",), note="Mostly."),
    ),
)


@pytest.fixture(scope="module")
def built():
    return catalogue(made(), SUPPLEMENTS)


class TestRecords:
    def test_logic_is_told_part_by_part(self, built):
        assert built.rules[0].logic == {
            "Says": "how long it has been, and that it is long.",
            "Speaks when": "long.",
            "Silent when": "short.",
            "Cannot tell when": "never.",
        }
        assert logic_parts("Nothing of the kind.") == {}

    def test_thresholds_with_units_and_bounds(self, built):
        told = {one.name: (one.value, one.unit, one.bound) for one in built.rules[0].thresholds}
        assert told == {
            "days": ("28", "d", Bound(least=14, most=28)),
            "limits.75626-2": ("3", "{score}", None),
            "limits.72110-0": ("8", "{score}", None),
        }

    def test_numbers_are_numbers_only(self):
        assert numbers_of(Params()) == {"days": 28}
        assert numbers_of(None) == {}
        assert numbers_of(Params(limits={"a": "words", "b": Params(days=3)})) == {"days": 28, "limits.b.days": 3}

    def test_exemptions_of_the_rule_and_of_one_wording(self, built):
        told = [(one.id, one.effect, one.variant) for one in built.rules[0].exemptions]
        assert told == [("X", "S", ""), ("Y", "-", ""), ("X", "I", "plain")]

    def test_examples_and_users_are_found(self, built):
        assert [example.case for example in built.rules[0].examples] == ["a case"]
        assert [example.says for example in built.alternatives[0].examples] == ["offered"]
        assert built.alternatives[0].offered_by == ("long",)
        assert built.value_sets[0].used_by == ("long",)
        assert built.value_sets[0].codes == {"s": 1, "t": 1}

    def test_the_thirteen_source_attributes(self):
        whole = made()
        attributes = source_attributes(whole.rules[0], whole)
        assert [one.number for one in attributes] == list(range(1, 14))
        told = {one.number: one for one in attributes}
        assert told[1].value == "c c"
        assert (told[2].value, told[3].value) == ("Us.", "None.")
        assert told[4].value == "release 1 of 2026-01-01; version 1.1.0 of 2026-02-01; version 1.0.0 of 2026-01-01"
        assert [one.used for one in attributes] == [None] * 4 + [False] * 6 + [True] + [False] * 2
        assert (told[11].name, told[11].value) == ("Use of date of birth", "Age decides.")
        assert told[5].value == "Not used."

    def test_a_rule_without_evidence_says_why(self):
        whole = made()
        assert source_attributes(whole.rules[1], whole)[0].value == "It states nothing."

    def test_it_can_be_sent_as_json(self, built):
        told = msgspec.json.decode(msgspec.json.encode(built))
        assert told["rules"][0]["variants"]["plain"]["indicator"] == "warning"
        assert told["rules"][0]["thresholds"][0]["bound"] == {"least": 14, "most": 28}

    def test_orders_in_lines(self):
        assert order_lines(DRUG) == (
            "drug x 5 mg tablet: 5 mg",
            "14 days, 42 tablet, no repeats",
            "Coded as x (x)",
            "A note.",
        )
        service = ServiceOrder(coding=Coding(system="s", code="1", display="Therapy"), text="A therapy")
        assert order_lines(service) == ("A therapy", "Coded as Therapy (1)")
        assert order_lines(CHANGE) == ("Course and supply 14 days, no repeats", "Taper after {covered} days.")
        dose = replace(CHANGE, days=None, dose_value=Decimal(2), frequency=3, note="")
        assert order_lines(dose) == ("Dose 2 mg, 3 times daily",)


@pytest.fixture(scope="module")
def text():
    whole = made()
    layered = replace(whole.release, layers=(Layer(kind="overlay", name="st-mary", version="3", sha256="0"),))
    return to_markdown(catalogue(replace(whole, release=layered), SUPPLEMENTS))


class TestMarkdown:
    @pytest.mark.parametrize(
        "line",
        [
            "### Title of long (`long` 1)",
            "- **Speaks when:** long.",
            "**`plain`: warning**; a site may choose info",
            "> Long | {name}",
            "- `no` No reason to speak.",
            "| `days` | 28 days | how long | 14 to 28 |",
            "| `limits.75626-2` | 3 points |  | fixed |",
            "| `X` exempt | silent |",
            "| `X` exempt | at most info (wording `plain`) |",
            "- replaced by [`short`](#short)",
            "- not shown beside any other card that is critical",
            "- `EV-1` [c](https://example.org/EV-1) *s, V1.*",
            "- `EV-3` c *s, V3.*",
            "| a case | warning: Long |",
            "| 11 | Use of date of birth | Age decides. |",
            "| 1.1.0 | 2026-02-01 | Shorter. | Clearer. |",
            "Owner: The owner; not yet reviewed, to be reviewed by 2027-01-01.",
            "*In shadow: recorded, not shown.*",
            "It states nothing.",
            "### SG-A (`sg-a` 1)",
            "- `kidney` kidney value {egfr}",
            "| overlay | st-mary 3 |",
            "- **Followed:** Us.",
            "- Is it? ([`long`](#long))",
            "| S01 | It is so. Mostly. | long | `test_x::test_y` |",
            "| `falls` | Falls. To fall. | 1.2.3 | 2 | [`long`](#long) |",
            "| signed off by | nobody yet |",
        ],
    )
    def test_it_says(self, text, line):
        assert any(one.startswith(line) for one in text.splitlines())

    def test_tables_stay_tables(self, text):
        columns = None
        for line in text.splitlines():
            if not line.startswith("|"):
                columns = None
                continue
            found = len(re.findall(r"(?<!\\)\|", line))
            columns = columns or found
            assert found == columns, line

    def test_every_link_within_leads_somewhere(self, text):
        anchors = set(re.findall(r'<a id="([^"]+)">', text))
        assert set(re.findall(r"\]\(#([^)]+)\)", text)) <= anchors


def test_the_small_release(release):
    text = to_markdown(catalogue(load(release), Supplements()))
    assert "### A fall (`falls-history` 1.0.0)" in text
    assert "`EV-BEERS-2023` [2023 American Geriatrics Society Beers Criteria update." in text
