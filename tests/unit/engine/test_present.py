"""What a card says, in which order, and what it never hides."""

from dataclasses import replace
from uuid import UUID

from cds_service.domain.outcome import Basis, Declined, Indicator, NotAssessed
from cds_service.engine.assess import assess
from cds_service.engine.present import present
from cds_service.engine.recommend import recommend
from tests.builders import facts, order
from tests.unit.engine.small_content import alternative, content, finding, rule


def cards_of(release, *cases, incomplete=None):
    numbers = iter(range(1000))

    def new_uuid():
        return UUID(int=next(numbers))

    assessments = tuple(assess(case, release) for case in cases or (facts(),))
    assessments, advice = recommend(assessments, release, new_uuid)
    return present(assessments, advice, incomplete or {}, release, new_uuid)


def test_a_detail_says_what_why_instead_and_on_what():
    basis = Basis(label="A <stroke>", section="problems", date="2026-05", from_text=True, unconfirmed=True)
    (card,) = cards_of(content(rule("a", finding(points=("point",), basis=(basis,)))))
    assert card.detail == (
        "The problem with it. A further point on it.\n\n"
        "**Why:** Because.\n\n"
        "**Instead:** Something else.\n\n"
        "**Based on:** diazepam 5 mg tablet, 5 mg × 2 per day, 10 days, ordered 2026-06-15; "
        "A &lt;stroke&gt; (2026-05, problem list, from free text, unconfirmed).\n\n"
        "The footer."
    )
    assert card.summary == "Summary of it"
    assert (card.source.topic.system, card.source.topic.code) == ("urn:topic", "a")


def test_most_urgent_first_then_table_order():
    release = content(
        rule("a", finding(), indicator="info", order=1),
        rule("b", finding(), indicator="critical", order=3),
        rule("c", finding(), indicator="critical", order=2),
    )
    assert [card.source.topic.code for card in cards_of(release)] == ["c", "b", "a"]


def test_the_footer_closes_the_first_loud_card_only():
    release = content(
        rule("a", finding(), order=1), rule("b", finding(), order=2), rule("c", finding(), indicator="info")
    )
    assert ["The footer." in card.detail for card in cards_of(release)] == [True, False, False]
    assert "The footer." not in cards_of(content(rule("c", finding(), indicator="info")))[0].detail


def test_override_reasons_on_loud_cards_and_links_only_to_verified_evidence():
    loud, quiet = cards_of(content(rule("a", finding(), order=1), rule("b", finding(), indicator="info")))
    assert [reason.code for reason in loud.override_reasons] == ["why-not"]
    assert quiet.override_reasons == ()
    assert [link.label for link in loud.links] == ["EV-1"]


def test_a_single_day_is_one_day():
    (card,) = cards_of(content(rule("a", finding())), facts(order=order(days=1)))
    assert "5 mg × 2 per day, 1 day, ordered" in card.detail


def test_an_assumed_date_is_said():
    (card,) = cards_of(content(rule("a", finding())), replace(facts(), date_assumed=True))
    assert "ordered 2026-06-15 (assumed)" in card.detail


def test_what_could_not_be_checked_stands_on_every_card():
    release = content(rule("a", finding(), order=1), rule("b", finding()), rule("c", NotAssessed(missing=("kidney",))))
    for card in cards_of(release, incomplete={"statements": "not-sent"}):
        assert "**Not checked:** kidney function and medication statements." in card.detail


def test_a_failed_rule_is_named_on_a_card_of_its_own():
    _loud, failed = cards_of(content(rule("a", finding()), rule("b", ValueError())))
    assert failed.summary == "Part of the check could not be run"
    assert "Title of b" in failed.detail
    assert failed.indicator is Indicator.INFO


def test_two_orders_give_one_card_with_the_loudest_finding_and_both_orders():
    def speak(case):
        return finding("two" if case.order.position else "one", text_only=not case.order.position)

    release = content(rule("a", speak, indicator="critical"))
    (card,) = cards_of(release, facts(), facts(order=order(position=1, days=30)))
    assert card.indicator is Indicator.CRITICAL
    assert card.summary == "Summary of two"
    assert "10 days" in card.detail
    assert "30 days" in card.detail


def test_rival_suggestions_are_at_most_one():
    release = content(
        rule("a", finding(), offers=("one", "two")),
        alternatives=(alternative("one"), alternative("two", slots=("other",))),
    )
    (card,) = cards_of(release)
    assert card.selection_behavior == "at-most-one"
    single = content(rule("a", finding(), offers=("one",)), alternatives=(alternative("one"),))
    assert cards_of(single)[0].selection_behavior == "any"


def test_info_cards_beyond_five_are_folded_into_one_and_loud_ones_never():
    rules = [rule(f"w{n}", finding(), order=n) for n in range(5)]
    quiet = [rule(f"i{n}", finding(f"quiet {n}"), indicator="info", order=10 + n) for n in range(3)]
    cards = cards_of(content(*rules, *quiet))
    assert [card.source.topic.code for card in cards] == ["w0", "w1", "w2", "w3", "w4", "further-points"]
    assert cards[-1].detail == "- Summary of quiet 0\n- Summary of quiet 1\n- Summary of quiet 2"
    assert len(cards_of(content(*[rule(f"w{n}", finding(), order=n) for n in range(7)]))) == 7


def test_what_is_folded_still_says_which_alternative_is_blocked():
    blocked = alternative("one", Declined(because="kidney", values={"egfr": 22}))
    quiet = [rule(f"i{n}", finding(), indicator="info", order=n, offers=("one",)) for n in range(6)]
    (card,) = cards_of(content(*quiet, alternatives=(blocked,)))
    assert card.detail.endswith("\n\n- ONE not offered: kidney value 22.")


def test_what_is_folded_still_says_what_could_not_be_checked():
    quiet = [rule(f"i{n}", finding(f"quiet {n}"), indicator="info", order=n) for n in range(6)]
    (card,) = cards_of(content(*quiet), incomplete={"problems": "not-sent"})
    assert card.detail.endswith("- Summary of quiet 5\n\n**Not checked:** problem list.")


def test_the_card_of_failed_rules_is_never_folded():
    quiet = [rule(f"i{n}", finding(), indicator="info", order=n) for n in range(5)]
    folded, failed = cards_of(content(*quiet, rule("b", ValueError(), order=9)))
    assert folded.source.topic.code == "further-points"
    assert "Title of b" in failed.detail


def test_no_reviewed_order_no_cards():
    assert present((), {}, {"problems": "not-sent"}, content(rule("a", finding())), lambda: UUID(int=0)) == ()
