"""Dose above the label: 40 mg a day by mouth, 10 mg at one time in a child, 20 mg injected in an adult."""

import pytest

from cds_service.domain.orders import Form
from tests.builders import age, encounter, facts, order, partly, problem, running
from tests.spec.release import Example, detail, outcome, said, shown

RULE = "dose-above-label"
WITHIN = "silent: within"


def day(mg, indicator="critical"):
    return f"{indicator}: {mg} mg/day is above the labelled maximum of 40 mg/day for diazepam"


def at_once(mg):
    return f"critical: {mg} mg at one time is above the 10 mg limit for diazepam by mouth in a child"


def injected(mg):
    return f"warning: {mg} mg single dose is above the usual maximum of 20 mg for diazepam"


def by_mouth(per_day, single="10", **about):
    return order(per_day_mg=per_day, single_mg=single, **about)


def injection(mg, **about):
    return order(form=Form.PARENTERAL, per_day_mg=None, single_mg=mg, days=1, single_dose=True, **about)


EXAMPLES = [
    Example(of=RULE, case="10 mg four times daily", facts=facts(order=by_mouth("40")), says=WITHIN),
    Example(of=RULE, case="15 mg three times daily", facts=facts(order=by_mouth("45", "15")), says=day(45)),
    Example(
        of=RULE,
        case="10 mg three times daily, and 5 mg three times daily in the same draft",
        facts=facts(order=by_mouth("30"), siblings=[by_mouth("15", "5")]),
        says=day(45),
    ),
    Example(
        of=RULE,
        case="a child of 9, 12 mg at one time",
        facts=facts(age=9, order=by_mouth("12", "12")),
        says=at_once(12),
    ),
    Example(of=RULE, case="an adult, 25 mg injected", facts=facts(order=injection("25")), says=injected(25)),
    Example(
        of=RULE, case="dose not readable", facts=facts(order=order(dose_unknown="nothing")), says="cannot tell: dose"
    ),
]


# By mouth -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("years", [3, 17, 18, 45, 65, 90, None])
@pytest.mark.parametrize(("mg", "above"), [("39.9", False), ("40", False), ("40.5", True), ("60", True)])
def test_forty_mg_a_day_is_the_limit_at_every_age(years, mg, above):
    patient = facts(age=age(years) if years else None, order=by_mouth(mg))
    assert said(RULE, patient) == (day(mg) if above else WITHIN)


def test_a_single_dose_is_the_dose_of_its_day():
    assert said(RULE, facts(order=by_mouth(None, "50", single_dose=True))) == day(50)


@pytest.mark.parametrize(("years", "mg", "says"), [(17, "10", WITHIN), (17, "11", at_once(11)), (18, "11", WITHIN)])
def test_ten_mg_at_one_time_is_the_limit_in_a_child(years, mg, says):
    assert said(RULE, facts(age=years, order=by_mouth("22", mg))) == says


def test_possibly_a_child_counts_as_one():
    assert said(RULE, facts(age=age(17, maximum=18), order=by_mouth("22", "11"))) == at_once(11)


def test_without_a_birth_date_a_large_single_dose_cannot_be_judged():
    assert said(RULE, facts(age=None, order=by_mouth("22", "11"))) == "cannot tell: birth-date"
    assert said(RULE, facts(age=None, order=by_mouth("20", "10"))) == WITHIN


def test_the_arithmetic_is_shown():
    assert "45 mg a day would be taken: 15 mg × 3 per day." in detail(
        RULE, facts(order=by_mouth("45", steps="15 mg × 3 per day"))
    )


# Several orders -------------------------------------------------------------------------------------------------------


def test_a_draft_that_was_not_selected_counts():
    assert said(RULE, facts(order=by_mouth("30"), siblings=[by_mouth("15", selected=False)])) == day(45)


def test_a_rescue_form_beside_it_does_not():
    assert said(RULE, facts(order=by_mouth("30"), siblings=[by_mouth("20", form=Form.RESCUE)])) == WITHIN


def test_a_running_order_counts_when_it_goes_on():
    patient = facts(order=by_mouth("30", steps="10 mg × 3 per day"), running=[running(per_day_mg="20")])
    assert said(RULE, patient) == day(50)
    assert "10 mg × 3 per day + 20 mg per day" in detail(RULE, patient)
    assert [basis.reference for basis in outcome(RULE, patient).basis] == ["MedicationRequest/7"]


@pytest.mark.parametrize("ends", [None, "2026-06-15", "2026-06-22"])
def test_one_that_this_order_may_renew_makes_it_a_warning(ends):
    patient = facts(order=by_mouth("30"), running=[running(per_day_mg="30", ends=ends)])
    assert said(RULE, patient) == day(60, "warning")
    assert "If this order renews it, say so" in detail(RULE, patient)


@pytest.mark.parametrize(
    "other", [running(per_day_mg="30", replaced=True), running(per_day_mg="30", ends="2026-06-14")]
)
def test_one_that_it_renews_or_that_is_over_does_not_count(other):
    assert said(RULE, facts(order=by_mouth("30"), running=[other])) == WITHIN


# Injections -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("mg", "says"), [("20", WITHIN), ("20.5", injected("20.5"))])
def test_twenty_mg_injected_is_the_limit(mg, says):
    assert said(RULE, facts(order=injection(mg))) == says


def test_without_a_birth_date_the_limit_of_adults_holds():
    assert said(RULE, facts(age=None, order=injection("25"))) == injected(25)


def test_an_injection_for_a_child_is_judged_by_weight_elsewhere():
    assert said(RULE, facts(age=17, order=injection("25"))) == "silent: child-injection"


def test_a_rescue_form_is_not_judged_by_the_day():
    assert said(RULE, facts(order=by_mouth("60", form=Form.RESCUE))) == "silent: rescue-form"


# What is known only in part -------------------------------------------------------------------------------------------


def test_a_dose_from_text_only_warns():
    assert said(RULE, facts(order=by_mouth("45", dose_from_text=True))) == day(45, "warning")
    assert said(RULE, facts(age=9, order=by_mouth("11", "11", dose_from_text=True))).startswith("warning: 11 mg at")


def test_a_text_beside_a_dose_that_is_too_high_by_itself_does_not_soften_it():
    text = by_mouth("5", dose_from_text=True)
    assert said(RULE, facts(order=by_mouth("45"), siblings=[text])) == day(50)
    assert said(RULE, facts(order=by_mouth("40"), siblings=[text])) == day(45, "warning")


@pytest.mark.parametrize(
    ("about", "missing"),
    [
        ({"order": order(dose_unknown="no-frequency")}, "dose"),
        ({"order": injection(None)}, "dose"),
        ({"siblings": [order(dose_unknown="no-frequency")]}, "other-dose"),
        ({"running": [running(per_day_mg=None)]}, "other-dose"),
        ({"medications": "timeout"}, "medications"),
        ({"medications": partly()}, "medications"),
        ({"age": 9, "order": by_mouth("12", None)}, "dose"),
    ],
)
def test_what_is_not_known_is_never_within_the_label(about, missing):
    assert said(RULE, facts(**about)) == f"cannot tell: {missing}"


def test_what_is_known_and_too_high_speaks_whatever_is_missing():
    assert said(RULE, facts(order=by_mouth("45"), medications="timeout")) == day(45)


# Exemptions (ruling 3) ------------------------------------------------------------------------------------------------

STATUS = "status-epilepticus"


@pytest.mark.parametrize(
    ("about", "left"),
    [
        ({"order": injection("25", reasons=[STATUS]), "encounter": [encounter("emer")]}, "exempt: X-SE-ACUTE"),
        ({"order": injection("25", reasons=[STATUS])}, "exempt: X-SEIZURE"),
        ({"order": injection("25", reasons=["tetanus"])}, "exempt: X-TETANUS"),
        ({"order": injection("25", reasons=["procedural-sedation-context"])}, injected(25)),
        ({"order": injection("25", reasons=["alcohol-withdrawal"])}, injected(25)),
        ({"order": by_mouth("45", reasons=[STATUS]), "encounter": [encounter("emer")]}, day(45)),
        ({"order": by_mouth("45", reasons=["seizure-disorders"])}, day(45)),
        ({"order": by_mouth("45", reasons=["tetanus"])}, day(45)),
        ({"order": by_mouth(None, "45", single_dose=True, days=1, reasons=["procedural-sedation-context"])}, day(45)),
        ({"order": by_mouth("45", reasons=["alcohol-withdrawal"])}, day(45)),
        ({"order": by_mouth("45", reasons=["sedative-withdrawal"])}, day(45, "warning")),
        ({"order": by_mouth("45"), "problems": [problem("hospice-palliative")]}, day(45, "warning")),
    ],
)
def test_exemptions_lift_the_limit_of_injections_for_seizures_and_tetanus_only(about, left):
    assert shown(RULE, facts(**about)) == left


@pytest.mark.parametrize("text", [False, True])
def test_what_the_other_drafts_and_orders_add_is_told_with_where_it_came_from(text):
    patient = facts(
        order=by_mouth("30"),
        siblings=[by_mouth("15", position=1, dose_from_text=text)],
        running=[running(per_day_mg="20", dose_from_text=text)],
    )
    spoken = outcome(RULE, patient)
    draft, other = spoken.basis
    assert (draft.label, draft.section, draft.from_text) == ("running-order", "draft", text)
    assert (other.reference, other.from_text) == ("MedicationRequest/7", text)
    assert spoken.points == ("together",)


def test_only_what_surely_comes_together_is_added_up_when_that_is_too_much_already():
    spoken = outcome(RULE, facts(order=by_mouth("45", "15"), running=[running(per_day_mg="20", ends=None)]))
    assert (spoken.values["n"], spoken.points, spoken.basis) == ("45", (), ())
    assert spoken.ceiling.value == "critical"


def test_exactly_the_limit_for_sure_is_no_more_than_a_possible_excess():
    spoken = outcome(RULE, facts(order=by_mouth("40"), running=[running(per_day_mg="5", ends=None)]))
    assert (spoken.values["n"], spoken.points) == ("45", ("together", "renewal"))
    assert spoken.ceiling.value == "warning"


@pytest.mark.parametrize("text", [False, True])
def test_an_injected_dose_read_from_text_is_told_as_such(text):
    assert outcome(RULE, facts(order=injection("25", dose_from_text=text))).text_only is text
