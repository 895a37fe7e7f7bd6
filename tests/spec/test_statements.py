"""Every statement of the texts the service began with is realised, and shown by tests that exist.

`statements.toml` maps each statement to what carries it and to what shows it. The tests further down show the
statements that are no rule's alone: the drafts of alternatives, and the words all cards share.
"""

import ast
import tomllib
from functools import cache
from pathlib import Path

import pytest

from cds_service.domain.terminology import Vocabulary
from fhir_fixtures.build import stories
from tests.spec.release import alternatives, classes_of_code, classes_of_text, content, rules

HERE = Path(__file__).parent
STATEMENTS = tomllib.loads((HERE / "statements.toml").read_text(encoding="utf-8"))
SNOMED = "http://snomed.info/sct"
KEYS = {"from", "says", "realised_by", "tests", "stories", "note"}


@cache
def functions_of(module):
    path = HERE / f"{module}.py"
    if not path.is_file():
        return set()
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return {node.name for node in tree.body if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")}


@cache
def carriers():
    release = content()
    ids = {rule.id for rule in release.rules} | set(release.alternatives) | set(release.evidence)
    return ids | set(release.exemptions.names) | {"footer", "override-reasons"}


def test_all_sixty_statements_stand_there():
    assert list(STATEMENTS) == [f"S{number:02}" for number in range(1, 61)]


@pytest.mark.parametrize("name", STATEMENTS)
class TestStatement:
    def test_it_is_told_in_full(self, name):
        told = STATEMENTS[name]
        assert KEYS - {"note"} <= told.keys() <= KEYS
        assert set(told["from"]) <= {"spasm", "dual"}
        assert told["from"]
        assert told["says"].endswith(".")

    def test_what_carries_it_exists(self, name):
        assert set(STATEMENTS[name]["realised_by"]) <= carriers()

    def test_what_shows_it_exists(self, name):
        told = STATEMENTS[name]
        for test in told["tests"]:
            module, _, function = test.partition("::")
            assert function in functions_of(module), test
        assert set(told["stories"]) <= stories().keys()

    def test_it_is_shown_or_it_is_said_why_not(self, name):
        told = STATEMENTS[name]
        assert told["tests"] or told["note"]
        assert bool(told["tests"]) == bool(told["realised_by"])


# The drafts of alternatives, and the words all cards share ------------------------------------------------------------


def words_of(rule_id):
    """Every sentence of a rule."""
    rule = rules()[rule_id]
    variants = [text for one in rule.variants.values() for text in (one.problem, one.why, one.instead)]
    return " ".join((*variants, *rule.points.values()))


def test_labelled_but_not_first():
    assert "Diazepam is labelled for spasm and spasticity" in words_of("first-line-alternative")
    assert "others come first" in words_of("first-line-alternative")


def test_diazepam_for_local_spasm_is_never_called_off_label():
    for rule in rules():
        assert "diazepam is off label" not in words_of(rule).casefold()
    assert "Diazepam is approved for both" in words_of("dual-indication")


@pytest.mark.parametrize("text", ["spasticity", "cerebral palsy", "paraplegia", "multiple sclerosis"])
def test_spasticity_by_name(text):
    assert "spasticity-umn" in classes_of_text(text, Vocabulary.REASON)


@pytest.mark.parametrize(
    ("system", "code"),
    [(SNOMED, "44913001"), (SNOMED, "43105007"), (SNOMED, "5217008"), ("http://hl7.org/fhir/sid/icd-10-cm", "G25.82")],
)
def test_athetosis_and_stiff_man_syndrome_are_spasticity(system, code):
    assert "spasticity-umn" in classes_of_code(system, code)


@pytest.mark.parametrize("text", ["anxiety", "Generalized anxiety disorder", "panic", "GAD"])
def test_anxiety_disorders_by_name(text):
    assert "anxiety-disorders" in classes_of_text(text, Vocabulary.REASON)


def test_a_strained_neck_is_muscle_spasm():
    assert "muscle-spasm" in classes_of_code(SNOMED, "360450007")


def test_carisoprodol_is_a_sedating_relaxant():
    assert "muscle-relaxants-other" in classes_of_text("Carisoprodol 350 mg", Vocabulary.DRUG)


def test_baclofen_starts_at_5_mg_three_times_daily_and_rises_weekly():
    order = alternatives()["sg-baclofen"].orders["default"]
    assert (order.dose_value, order.dose_unit, order.frequency, order.period, order.period_unit) == (5, "mg", 3, 1, "d")
    assert "at most weekly" in order.dosage_text
    assert "Do not stop suddenly" in order.dosage_text
    assert "30 to 40 mg/day in older adults" in order.note
    assert "renal impairment" in order.note


def test_tizanidine_starts_at_2_mg_and_rises_slowly():
    order = alternatives()["sg-tizanidine"].orders["default"]
    assert (order.dose_value, order.dose_unit, order.max_dose_per_day) == (2, "mg", 6)
    assert "slowly" in order.dosage_text


def test_three_ssris_each_with_its_start():
    orders = alternatives()["sg-ssri"].orders
    starts = {order.name: (order.dose_value, order.frequency) for order in orders.values()}
    assert starts["escitalopram"] == (10, 1)
    assert starts["sertraline"] == (25, 1)
    assert starts["paroxetine"][1] == 1
    assert all("suicidal thoughts" in order.note for order in orders.values())


def test_the_combination_is_both():
    assert alternatives()["sg-baclofen-plus-ssri"].of == ("sg-baclofen", "sg-ssri")


def test_the_taper_keeps_the_dose_and_tells_its_pace():
    change = alternatives()["sg-taper"].orders["default"]
    assert (change.dose_value, change.frequency) == (None, None)
    for needed in ("Do not stop abruptly", "5 to 10 % every 2 to 4 weeks", "at most 25 % every 2 weeks"):
        assert needed in change.note


def test_the_footer_counsels_and_watches():
    footer = content().phrases.footer
    for needed in (
        "against alcohol and other sedatives",
        "against driving",
        "never to stop suddenly",
        "drowsiness",
        "light-headedness",
        "confusion",
        "low mood",
        "paradoxical agitation",
        "stretching",
        "physical therapy",
        "massage",
        "cold or heat",
        "psychological treatment for anxiety",
        "supports clinical judgement and does not replace it",
    ):
        assert needed in footer


def test_the_risks_of_long_use_are_named():
    for needed in ("dependence", "tolerance", "misuse", "low mood", "slowed thinking"):
        assert needed in words_of("prolonged-duration")
    for needed in ("withdrawal", "tolerance", "low mood", "slowed thinking"):
        assert needed in words_of("long-term-use")


def test_the_sources_on_buspirone_are_cited():
    assert {"EV-TAYLOR-1985", "EV-BUSPIRONE-1988", "EV-GOA-1986"} <= set(rules()["dual-indication"].evidence)
