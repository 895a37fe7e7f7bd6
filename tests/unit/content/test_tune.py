"""What a site or a client may choose of a release, and that everything else is refused with a reason."""

from dataclasses import dataclass, replace
from decimal import Decimal

import pytest

from cds_service.content.tune import tuned
from cds_service.domain.outcome import Indicator
from cds_service.domain.provenance import Bound, Tuning
from tests.unit.engine.small_content import content, finding, rule


@dataclass(frozen=True, slots=True, kw_only=True)
class Params:
    days: int = 28
    ratio: Decimal = Decimal("0.5")
    fixed: int = 1


def release():
    one = rule("long", finding(), indicator="critical")
    plain = replace(one.variants["plain"], may_be=(Indicator.WARNING,))
    return content(
        replace(
            one,
            params=Params(),
            bounds={"days": Bound(least=15, most=28), "ratio": Bound(least=0, most=1)},
            variants={"plain": plain},
        ),
        rule("other", finding(), order=2),
    )


def choose(tuning, name="client-a"):
    faults = []
    return tuned(release(), {"long": tuning}, name=name, faults=faults), faults


@pytest.mark.parametrize("days", [15, 20, 28])
def test_a_threshold_within_its_bounds(days):
    got, faults = choose(Tuning(params={"days": days, "ratio": 1}))
    assert not faults
    assert got.rules[0].params == Params(days=days, ratio=Decimal(1))
    assert isinstance(got.rules[0].params.ratio, Decimal)
    assert (got.rules[1].id, got.rules[1].params) == ("other", None)


@pytest.mark.parametrize(
    ("tuning", "fault"),
    [
        (Tuning(params={"days": 14}), "rule long: the threshold days may be 15 to 28, not 14"),
        (Tuning(params={"days": 29}), "rule long: the threshold days may be 15 to 28, not 29"),
        (Tuning(params={"days": Decimal("20.5")}), "rule long: the threshold days must be a whole number"),
        (Tuning(params={"days": True}), "rule long: the threshold days must be a number"),
        (Tuning(params={"days": "20"}), "rule long: the threshold days must be a number"),
        (
            Tuning(params={"fixed": 1}),
            "rule long: the threshold fixed cannot be set; those with [bounds] can: days, ratio",
        ),
        (Tuning(indicators={"plain": "info"}), "rule long: the indicator of variant plain may be critical or warning"),
        (Tuning(indicators={"gone": "info"}), "rule long: there is no variant gone; there are plain"),
    ],
)
def test_what_cannot_be_chosen_is_refused(tuning, fault):
    got, faults = choose(tuning)
    assert len(faults) == 1
    assert faults[0].startswith(fault)
    assert got.rules[0].params == Params()
    assert got.rules[0].variants["plain"].indicator is Indicator.CRITICAL


def test_every_fault_is_named_at_once():
    _, faults = choose(Tuning(params={"days": 1, "fixed": 2}, indicators={"plain": "info"}))
    assert len(faults) == 3


def test_a_rule_that_does_not_exist():
    faults = []
    tuned(release(), {"gone": Tuning(shadow=True)}, name="x", faults=faults)
    assert faults == ["rule gone: there is no such rule"]


def test_an_indicator_and_shadow():
    got, faults = choose(Tuning(indicators={"plain": "warning"}, shadow=True))
    assert not faults
    assert got.rules[0].variants["plain"].indicator is Indicator.WARNING
    assert got.rules[0].shadow
    assert not got.rules[1].shadow


def test_shadow_may_be_lifted_and_is_left_alone_when_nothing_is_said():
    shadowed, _ = choose(Tuning(shadow=True))
    faults = []
    assert tuned(shadowed, {"long": Tuning(params={"days": 20})}, name="b", faults=faults).rules[0].shadow
    assert not tuned(shadowed, {"long": Tuning(shadow=False)}, name="b", faults=faults).rules[0].shadow


class TestIdentity:
    def test_no_choice_leaves_the_release_as_it_is(self):
        got, _ = choose(Tuning())
        assert got.release == release().release

    def test_a_choice_gives_a_version_and_a_hash_of_its_own(self):
        a, _ = choose(Tuning(params={"days": 20}))
        b, _ = choose(Tuning(params={"days": 21}))
        shadowed, _ = choose(Tuning(params={"days": 20}, shadow=False))
        plain = release().release
        assert len({one.release.sha256 for one in (a, b, shadowed)} | {plain.sha256}) == 4
        assert a.release.version.startswith(f"{plain.version}+client-a.")
        assert a.release.layers[0].kind == "tuning"
        assert a.release.layers[0].name == "client-a"

    def test_the_same_choices_give_the_same_identity_however_they_are_written(self):
        one, _ = choose(Tuning(params={"days": 20, "ratio": Decimal("0.2")}))
        two, _ = choose(Tuning(params={"ratio": Decimal("0.2"), "days": 20}))
        assert one.release == two.release

    def test_choices_upon_choices(self):
        first, _ = choose(Tuning(shadow=True))
        faults = []
        second = tuned(first, {"other": Tuning(shadow=True)}, name="b", faults=faults).release
        assert [layer.name for layer in second.layers] == ["client-a", "b"]
        assert second.version.count("+") == 1
