"""Rules together: which gives way to which, what several orders become, in which order cards stand, what is folded.

Everything here runs the whole release through the engine, as the service does.
"""

from dataclasses import replace
from datetime import date
from itertools import count
from uuid import UUID

import pytest

from cds_service.domain.course import PriorUse
from cds_service.domain.orders import DaysFrom, Form
from cds_service.engine.assess import assess
from cds_service.engine.present import present
from cds_service.engine.recommend import recommend
from tests.builders import age, drug, facts, measurement, order, problem, running
from tests.spec.release import content, rules

LOUDNESS = ("none", "info", "warning", "critical")
SPASM, ANXIETY = problem("muscle-spasm", label="spasm"), problem("anxiety-disorders", label="anxiety")
OPIOID = drug("opioids", label="oxycodone")
USER = PriorUse(covered_days=90, run_start=date(2026, 3, 17), continuing=True)


def cards(*patients, incomplete=None):
    """The cards of one answer about the orders of these facts."""
    numbers = count(1)

    def new_uuid():
        return UUID(int=next(numbers), version=4)

    release = content()
    assessments, advice = recommend(tuple(assess(one, release) for one in patients), release, new_uuid)
    return present(assessments, advice, incomplete or {}, release, new_uuid)


def topics(*patients):
    return [card.source.topic.code for card in cards(*patients)]


def by_topic(*patients):
    return {card.source.topic.code: card for card in cards(*patients)}


def became(rule_id, patient):
    """What became of a rule: `speaks`, or why not and by which rule."""
    ruling = next(one for one in assess(patient, content()).rulings if one.rule == rule_id)
    outcome = ruling.outcome
    by = getattr(outcome, "by", "")
    return f"{outcome.because}: {by}" if by else "speaks" if hasattr(outcome, "variant") else "silent"


def adult(**about):
    return facts(problems=[SPASM], **about)


# Which gives way to which ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("years", [70, age(64, maximum=65)])
def test_the_age_card_takes_in_falls_first_line_and_dual_indication(years):
    fallen = problem("falls", onset="2026-05-01")
    assert became("falls-history", facts(age=years, problems=[fallen])) == "folded: older-adult"
    assert became("first-line-alternative", facts(age=years, problems=[SPASM])) != "speaks"
    assert became("dual-indication", facts(age=years, problems=[SPASM, ANXIETY])) != "speaks"
    assert became("falls-history", facts(age=60, problems=[fallen])) == "speaks"


def test_what_the_age_card_takes_in_it_tells_by_the_same_limits():
    own, folded = rules()["older-adult"].params, rules()["falls-history"].params
    assert (own.fall_window_days, own.repeated_falls) == (folded.window_days, folded.repeated)


@pytest.mark.parametrize("exempting", ["hospice-palliative", "alcohol-withdrawal", "seizure-disorders", "tetanus"])
def test_an_age_card_that_is_exempt_gives_its_place_to_nobody(exempting):
    patient = facts(age=70, problems=[problem("falls", onset="2026-05-01")], order=order(reasons=[exempting]))
    assert not {"older-adult", "falls-history"} & set(topics(patient))


@pytest.mark.parametrize(
    ("rule", "about"),
    [
        ("prolonged-duration", {"order": order(days=60)}),
        ("duration-unspecified", {"order": order(days=None)}),
        ("starting-dose", {"order": order(per_day_mg="30", single_mg="10")}),
        ("dual-indication", {"problems": [SPASM, ANXIETY]}),
        ("first-line-alternative", {"problems": [SPASM]}),
    ],
)
def test_long_term_use_stands_for_the_rules_of_a_new_course(rule, about):
    assert became(rule, facts(**about)) == "speaks"
    assert rule not in topics(facts(prior_use=USER, **about))
    assert "long-term-use" in topics(facts(prior_use=USER, **about))


def test_a_dose_above_the_label_stands_for_a_high_start():
    high = facts(order=order(per_day_mg="50", single_mg="10"))
    assert became("starting-dose", high) == "replaced: dose-above-label"
    assert "dose-above-label" in topics(high)
    assert became("starting-dose", facts(order=order(per_day_mg="30", single_mg="10"))) == "speaks"


def test_opioids_and_benzodiazepines_are_not_named_twice():
    patient = facts(medications=[OPIOID, drug("benzodiazepines-other", label="lorazepam"), drug("z-drugs", label="Z")])
    shown = by_topic(patient)
    assert set(shown) == {"opioid-coprescription", "duplicate-benzodiazepine", "cns-depressant"}
    assert "Z" in shown["cns-depressant"].summary
    assert "oxycodone" not in shown["cns-depressant"].detail
    assert "lorazepam" not in shown["cns-depressant"].detail


@pytest.mark.parametrize(
    "forbidding",
    [
        {"medications": [OPIOID]},
        {"problems": [SPASM, ANXIETY, problem("stroke-acute", onset="2026-05-01")]},
        {"problems": [SPASM, ANXIETY, problem("pregnancy")]},
        {"problems": [SPASM, ANXIETY, problem("copd")]},
        {"problems": [SPASM, ANXIETY, problem("falls", onset="2026-05-01")]},
        {"problems": [SPASM, ANXIETY, problem("alcohol-use-disorder")]},
        {"problems": [SPASM, ANXIETY, problem("opioid-use-disorder")]},
        {"problems": [SPASM, ANXIETY, problem("sleep-apnea")]},
    ],
)
def test_nothing_is_endorsed_beside_a_card_that_says_avoid(forbidding):
    assert became("dual-indication", facts(problems=[SPASM, ANXIETY])) == "speaks"
    assert became("dual-indication", facts(**{"problems": [SPASM, ANXIETY]} | forbidding)) != "speaks"


# The loudness of a course ---------------------------------------------------------------------------------------------


def loudness(patient, *of):
    loud = [card.indicator.value for card in cards(patient) if card.source.topic.code in of]
    return max((LOUDNESS.index(one) for one in loud), default=0)


def test_a_longer_course_is_never_quieter():
    levels = [loudness(facts(order=order(days=days)), "prolonged-duration") for days in range(1, 150)]
    assert levels == sorted(levels)
    assert set(levels) == {0, 1, 2, 3}


def test_more_earlier_days_are_never_quieter_until_the_advice_changes_in_kind():
    def after(days, planned=14):
        use = PriorUse(covered_days=days, run_start=date(2026, 1, 1), continuing=days > 28)
        return loudness(facts(order=order(days=planned), prior_use=use), "prolonged-duration", "long-term-use")

    new_course = [after(days) for days in range(29)]
    continuing = [after(days) for days in range(29, 200)]
    assert new_course == sorted(new_course)
    assert continuing == sorted(continuing)
    assert (new_course[-1], continuing[0]) == (2, 1)  # the one step at which it may drop: a taper is not a new course


# Tapers ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("days", "shown"), [(14, []), (15, ["prolonged-duration"]), (180, ["prolonged-duration"])])
def test_a_taper_of_a_new_user_has_words_of_its_own(days, shown):
    taper = facts(order=order(days=days, reasons=["sedative-withdrawal"]))
    assert topics(taper) == shown
    if shown:
        (card,) = cards(taper)
        assert card.summary == "Tapering course of diazepam: confirm the schedule and the end date"
        assert card.indicator.value == "info"
        assert card.suggestions == ()


def test_a_taper_of_a_continuing_user_informs_and_offers_no_other_taper():
    shown = by_topic(facts(order=order(days=180, reasons=["sedative-withdrawal"]), prior_use=USER))
    assert set(shown) == {"long-term-use"}
    assert shown["long-term-use"].indicator.value == "info"
    assert "sg-taper" not in {one.alternative for one in shown["long-term-use"].suggestions}


# Several orders of diazepam -------------------------------------------------------------------------------------------


def pair(first, second, **about):
    """Facts of two orders of one draft: each is the other's sibling."""
    return facts(order=first, siblings=[second], **about), facts(order=second, siblings=[first], **about)


def numbered(position, **about):
    return order(position=position, reference=f"MedicationRequest/draft-{position}", **about)


def test_one_card_for_a_rule_and_the_loudest_order_leads():
    shown = by_topic(*pair(numbered(0, days=20), numbered(1, days=60)))
    card = shown["prolonged-duration"]
    assert card.indicator.value == "warning"
    assert card.summary == "Planned 60 days of diazepam is longer than the 4-week maximum"
    assert "20 days, ordered 2026-06-15" in card.detail
    assert "60 days, ordered 2026-06-15" in card.detail


def test_planned_days_are_not_added():
    assert "prolonged-duration" not in by_topic(*pair(numbered(0, days=14), numbered(1, days=14)))


def test_daily_doses_are_added():
    twice = pair(numbered(0, per_day_mg="25", single_mg="5"), numbered(1, per_day_mg="25", single_mg="5"))
    assert "dose-above-label" in topics(*twice)
    assert "dose-above-label" not in topics(replace(twice[0], siblings=()))


def test_a_rescue_form_is_not_added():
    gel = numbered(1, form=Form.RESCUE, source=DaysFrom.NOT_A_COURSE, per_day_mg="25", regular=False)
    assert "dose-above-label" not in topics(facts(order=numbered(0, per_day_mg="25", single_mg="5"), siblings=[gel]))


def test_exemptions_are_of_each_order():
    sedation = numbered(0, single_dose=True, days=1, reasons=["procedural-sedation-context"])
    card = by_topic(*pair(sedation, numbered(1, days=5), age=70))["older-adult"]
    assert "5 days, ordered" in card.detail
    assert "1 day, ordered" not in card.detail
    assert topics(facts(order=sedation, age=70)) == []


def test_each_order_has_its_own_date():
    older = facts(order=numbered(0), age=64)
    later = replace(facts(order=numbered(1), age=65), as_of=date(2026, 7, 1))
    card = by_topic(older, later)["older-adult"]
    assert "ordered 2026-07-01" in card.detail
    assert "ordered 2026-06-15" not in card.detail


def test_an_unselected_draft_counts_towards_the_dose_and_gets_no_card():
    other = numbered(1, days=300, per_day_mg="25", single_mg="5", selected=False)
    shown = topics(facts(order=numbered(0, days=10, per_day_mg="25", single_mg="5"), siblings=[other]))
    assert "dose-above-label" in shown
    assert "prolonged-duration" not in shown


def test_a_running_order_counts_towards_the_dose_unless_it_is_renewed():
    def beside(**about):
        return topics(facts(order=order(per_day_mg="25", single_mg="5"), running=[running(per_day_mg="25", **about)]))

    assert "dose-above-label" in beside()
    assert "dose-above-label" not in beside(replaced=True)


def test_suggestions_change_only_the_orders_they_are_about():
    shown = by_topic(*pair(numbered(0, days=10), numbered(1, days=60)))
    changed = {
        action.proposal.reference
        for one in shown["prolonged-duration"].suggestions
        if one.alternative.startswith("sg-shorten")
        for action in one.actions
    }
    assert changed == {"MedicationRequest/draft-1"}


# The answer as a whole ------------------------------------------------------------------------------------------------

MANY = facts(
    age=70,
    order=order(days=60, per_day_mg="50", single_mg="10", reasons=["chronic-pain"]),
    problems=[problem("copd"), problem("alcohol-use-remission"), problem("stroke-sequelae"), problem("pregnancy")],
    medications=[OPIOID, drug("z-drugs", label="zolpidem"), drug("anticholinergics", label="benztropine")],
    observations=[measurement("labs-egfr", "80", "mL/min/{1.73_m2}")],
)
QUIET = facts(
    age=30,
    order=order(days=20, per_day_mg="20", single_mg="10", doubts=["order-unreadable"]),
    problems=[
        SPASM,
        problem("alcohol-use-remission"),
        problem("substance-use-remission"),
        problem("stroke-acute", past=True),
        problem("rheumatoid-arthritis"),
    ],
    medications=[drug("anticholinergics", label="benztropine")],
)


def test_most_urgent_first_then_in_the_order_of_the_table():
    table = {rule.id: rule.order for rule in content().rules}
    shown = cards(MANY)
    places = [(card.indicator.rank, table.get(card.source.topic.code, 99)) for card in shown]
    assert places == sorted(places)
    assert len({card.indicator for card in shown}) == 3


def test_the_footer_stands_once_on_the_first_loud_card():
    footer = content().phrases.footer
    assert [footer in card.detail for card in cards(MANY)] == [True] + [False] * (len(cards(MANY)) - 1)
    assert not any(footer in card.detail for card in cards(QUIET))


def test_reasons_to_override_only_on_loud_cards_and_at_most_six():
    for card in (*cards(MANY), *cards(QUIET)):
        loud = card.indicator.value != "info"
        assert bool(card.override_reasons) is loud, card.source.topic.code
        assert len(card.override_reasons) <= 6


def test_a_suggestion_stands_once_on_the_highest_card_that_offers_it():
    shown = cards(MANY)
    offered = [one.alternative for card in shown for one in card.suggestions]
    assert len(offered) == len(set(offered))
    assert "sg-cancel" in [one.alternative for one in shown[0].suggestions]


def test_loud_cards_are_never_folded():
    shown = cards(MANY)
    loud = [card for card in shown if card.indicator.value != "info"]
    assert len(loud) > 5
    assert {card.source.topic.code for card in shown if card not in loud} == {"further-points"}


def test_info_cards_beyond_five_become_one_with_a_line_for_each():
    spoken = assess(QUIET, content()).findings
    (card,) = cards(QUIET)
    assert card.source.topic.code == "further-points"
    assert card.summary == "Further points on this diazepam order"
    assert len(spoken) > 5
    lines, _, _ = card.detail.partition("\n\n")  # what is said of alternatives follows
    assert lines.count("\n- ") + 1 == len(spoken)


def test_up_to_five_cards_stay_as_they_are():
    few = replace(QUIET, problems=facts(problems=[SPASM]).problems)
    assert len(cards(few)) == 5
    assert "further-points" not in topics(few)


def test_every_summary_is_short_and_every_detail_says_what_it_rests_on():
    for card in cards(MANY):
        assert len(card.summary) < 140
        if card.source.topic.code != "further-points":
            assert "**Based on:**" in card.detail


def test_a_healthy_adult_with_a_short_course_hears_nothing():
    assert topics(facts(order=order(days=7))) == []
