"""Who answers for each rule and alternative, and that what they make use of is told truly.

A rule that asks for the age must say that it uses the date of birth, and one that does not must not say so: the source
attributes of a decision are read by people who cannot read the logic.
"""

import re

import pytest

from tests.spec.release import HOOKS, alternatives, rules

STEMS = {**rules(), **alternatives()}
ASKS_AGE = re.compile(r"facts\.age|is_older\(|not_adult\(|is_child\(|kidney\(")
ASKS_SEX = re.compile(r"facts\.sex|kidney\(")
NEVER_USED = ("race", "ethnicity", "language", "sexual_orientation", "gender_identity", "social_determinants_of_health")


def logic(name):
    """The Python halves whose questions count: its own, and those of the parts of a combination."""
    parts = getattr(STEMS[name], "of", ())
    if parts:
        return " ".join(logic(part) for part in parts)
    folder = "alternatives" if name in alternatives() else "rules"
    return (HOOKS / folder / f"{name.removeprefix('sg-').replace('-', '_')}.py").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", STEMS)
class TestStem:
    def test_somebody_answers_for_it(self, name):
        assert STEMS[name].provenance.owner

    def test_its_history_ends_with_the_version_it_has(self, name):
        history = STEMS[name].provenance.history
        assert history[0].version == STEMS[name].version
        assert all(change.what and change.why for change in history)
        assert [change.date for change in history] == sorted((change.date for change in history), reverse=True)

    def test_it_says_so_when_it_uses_the_date_of_birth(self, name):
        assert bool(STEMS[name].provenance.uses.date_of_birth) == bool(ASKS_AGE.search(logic(name)))

    def test_it_says_so_when_it_uses_the_sex(self, name):
        assert bool(STEMS[name].provenance.uses.sex) == bool(ASKS_SEX.search(logic(name)))

    def test_it_says_so_when_it_uses_assessments(self, name):
        """Alcohol screening and pregnancy status are such assessments; a combination uses what its parts use."""
        stems = [STEMS[part] for part in getattr(STEMS[name], "of", ())] or [STEMS[name]]
        asked = {one for stem in stems for one in (*stem.value_sets, *getattr(stem, "heeds", ()))}
        uses = STEMS[name].provenance.uses
        assert bool(uses.health_status_assessments) == bool(asked & {"obs-alcohol", "pregnancy"})

    def test_it_uses_nothing_that_no_rule_may_use(self, name):
        uses = STEMS[name].provenance.uses
        assert not any(getattr(uses, use) for use in NEVER_USED)


def test_no_logic_asks_for_what_facts_do_not_hold():
    text = " ".join(logic(name) for name in STEMS)
    assert not re.search(r"\b(race|ethnicity|religion|language)\b", text)
