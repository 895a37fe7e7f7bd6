"""A wording that names an alternative is shown only when that alternative is offered."""

from dataclasses import replace
from uuid import UUID

import pytest

from cds_service.domain.outcome import Declined, Finding, Offer
from cds_service.engine.assess import assess
from cds_service.engine.recommend import recommend
from tests.builders import facts
from tests.unit.engine.small_content import alternative, content, finding, rule

NO = Declined(because="kidney", values={"egfr": 20})


def chain(rule_id="a", **about):
    """A rule whose wording names `one`, else `two`, else nothing."""
    plain = rule(rule_id, Finding(variant="one", values={"name": "it"}), offers=("one", "two"), **about)
    words = plain.variants["plain"]
    return replace(
        plain,
        variants={
            "one": replace(words, if_offered="one", otherwise="two"),
            "two": replace(words, if_offered="two", otherwise="plain"),
            "plain": words,
        },
    )


def worded(one, two, *more):
    alternatives = (alternative("one", one, slots=("p",)), alternative("two", two, slots=("p",)))
    release = content(chain(), *more, alternatives=alternatives)
    numbers = iter(range(1000))
    assessments, _ = recommend((assess(facts(), release),), release, lambda: UUID(int=next(numbers)))
    return next(ruling for ruling in assessments[0].rulings if ruling.rule == "a")


@pytest.mark.parametrize(
    ("one", "two", "variant"),
    [(Offer(), Offer(), "one"), (NO, Offer(), "two"), (NO, NO, "plain"), (replace(NO, advise=True), NO, "plain")],
)
def test_the_first_wording_that_holds(one, two, variant):
    assert worded(one, two).outcome.variant == variant


def test_an_offer_on_a_louder_card_counts():
    loud = rule("b", finding(), indicator="critical", offers=("one",), order=2)
    assert worded(Offer(), Offer(), loud).outcome.variant == "one"


def test_what_the_rule_said_at_first_is_kept():
    ruling = worded(NO, NO)
    assert (ruling.spoken.variant, ruling.outcome.variant) == ("one", "plain")
    assert worded(Offer(), Offer()).spoken is None
