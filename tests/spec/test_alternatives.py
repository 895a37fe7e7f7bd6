"""What holds of every alternative of the release."""

import re
from pathlib import Path

import pytest

from tests.spec.release import HOOKS, alternatives

NAMES = sorted(alternatives())
PREFIXES = ("chosen-", "second-", "unlooked-", "unchecked-")  # tokens put together in a half, or in the domain


def half(id_):
    return Path(HOOKS / "alternatives" / f"{id_.removeprefix('sg-').replace('-', '_')}.py").read_text(encoding="utf-8")


@pytest.mark.parametrize("id_", NAMES)
@pytest.mark.parametrize("table", ["labels", "points", "notes", "blocked"])
def test_every_sentence_can_be_reached(id_, table):
    """A token that no half gives is a sentence that a reviewer reads in vain."""
    given = set(re.findall(r'"([a-z0-9-]+)"', half(id_)))
    shared = {"age-unknown", "child"}  # given by `suitability.not_adult`
    put_together = {"off-label-check-egfr"}
    for token in getattr(alternatives()[id_], table):
        assert token in given | shared | put_together or token.startswith(PREFIXES), f"{table}.{token}"


@pytest.mark.parametrize("id_", NAMES)
def test_the_docstring_says_when_it_is_offered_and_when_not(id_):
    logic = alternatives()[id_].logic
    assert "Offered when:" in logic
    assert "Not offered when:" in logic or "Not mentioned when:" in logic


@pytest.mark.parametrize("id_", NAMES)
def test_labels_are_short_enough_for_a_button(id_):
    alternative = alternatives()[id_]
    words = [order for order in alternative.orders.values() if hasattr(order, "regimen")]
    for label in (alternative.label, alternative.label_continuing):
        for order in words:
            filled = label.format(drug=order.name, regimen=order.regimen, drugs="baclofen and escitalopram", days=28)
            assert len(filled) <= 80, filled


def test_limits_mean_the_same_in_every_alternative():
    """They stand once, in limits.toml; the older age of the rules is the same one."""
    ages = {one.params.ages for one in alternatives().values() if hasattr(one.params, "ages")}
    assert {(one.adult, one.older) for one in ages} == {(18, 65)}
