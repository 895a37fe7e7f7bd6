"""The trace of a decision: every rule says why, every fact leads to its resource, no token is left without words."""

from dataclasses import replace
from datetime import date
from uuid import UUID

import pytest

from cds_service.domain.course import PriorUse, RunningOrder
from cds_service.domain.decision import Assessment, Ruling
from cds_service.domain.facts import Encounter, Gap, Known, Service
from cds_service.domain.outcome import (
    Basis,
    Declined,
    Finding,
    Indicator,
    NotApplicable,
    NotAssessed,
    Offer,
    PassedOver,
    RuleFailed,
    Unfit,
)
from cds_service.domain.trace import State
from cds_service.engine.assess import assess
from cds_service.engine.present import present
from cds_service.engine.recommend import recommend
from cds_service.engine.trace import trace
from tests.builders import ORIGIN, age, allergy, classes, drug, facts, measurement, order, problem
from tests.unit.engine.small_content import alternative, content, finding, rule


def release(*rules, **more):
    whole = content(*rules, **more)
    phrases = replace(
        whole.phrases,
        silenced={
            "exempt": "right as it is: {by}",
            "replaced": "{by} says it",
            "shadow": "on trial",
            "beside": "beside {by}",
        },
        unfit={"exempt": "right as it is", "unjudged": "broken: {by}"},
        unavailable={"timeout": "no answer in time"},
        doubts={"dose-unknown": "dose"},
    )
    exemptions = replace(whole.exemptions, names={"X": "comfort care"}, because={"stated": "stated on the order"})
    return replace(whole, phrases=phrases, exemptions=exemptions)


def traced(*rules, known=None, **more):
    whole = release(*rules, **more)
    ids = map(UUID, (f"{number:032x}" for number in range(99)))
    assessments, advice = recommend((assess(known or facts(), whole),), whole, ids.__next__)
    (one,) = trace(assessments, present(assessments, advice, {}, whole, ids.__next__), whole)
    return one


def rules_of(one):
    return {entry.id: entry for entry in one.rules}


class TestRules:
    def test_one_that_speaks(self):
        basis = Basis(
            label="birth-date", section="problems", date="2026-01-01", reference="Condition/9", from_text=True
        )
        told = rules_of(traced(rule("a", finding(("x", "y"), points=("point",), basis=(basis,)))))["a"]
        assert (told.state, told.indicator, told.capped_from) == (State.SPEAKS, "warning", "")
        assert told.says == "Summary of x and y"
        assert told.points == ("A further point on x and y.",)
        (line,) = told.rests_on
        assert (line.label, line.date, line.reference) == ("birth date", "2026-01-01", "Condition/9")
        assert line.remarks == ("problem list", "from free text")

    def test_one_that_is_capped_says_how_loud_it_would_be(self):
        critical = rule("a", finding(text_only=True), indicator="critical")
        told = rules_of(traced(critical))["a"]
        assert (told.indicator, told.capped_from) == ("warning", "critical")

    def test_one_that_is_silent_for_its_own_reason(self):
        told = rules_of(traced(rule("a", NotApplicable(because="no"))))["a"]
        assert (told.state, told.because, told.would_say) == (State.SILENT, "No reason to speak.", "")

    def test_one_that_an_exemption_quiets(self):
        told = rules_of(traced(rule("a", finding()), matrix={"a": {"X": "S"}}, exempt=("X",)))["a"]
        assert (told.state, told.because) == (State.SILENT, "right as it is: comfort care")
        assert told.would_say == "Summary of it"

    def test_one_that_gives_way(self):
        told = rules_of(traced(rule("a", finding()), rule("b", finding(), order=2, gives_way_to={"a": "replaced"})))[
            "b"
        ]
        assert told.because == "Title of a says it"

    def test_one_in_shadow_says_what_it_would_have(self):
        told = rules_of(traced(replace(rule("a", NotAssessed(missing=("kidney",))), shadow=True)))["a"]
        assert (told.because, told.would_say) == ("on trial", "kidney function")
        broken = rules_of(traced(replace(rule("a", ValueError("Jane")), shadow=True), rule("b", finding(), order=2)))[
            "a"
        ]
        assert broken.would_say == "ValueError"

    def test_one_that_cannot_tell(self):
        told = rules_of(traced(rule("a", NotAssessed(missing=("kidney", "odd")))))["a"]
        assert (told.state, told.because) == (State.CANNOT_TELL, "kidney function, odd")

    def test_one_that_failed_names_the_error_and_nothing_of_the_patient(self):
        told = rules_of(traced(rule("a", ValueError("Jane Doe")), rule("b", finding(), order=2)))["a"]
        assert (told.state, told.because) == (State.FAILED, "ValueError")

    def test_a_record_older_than_the_content_is_read_all_the_same(self):
        rulings = (
            Ruling(rule="gone", version="1", outcome=Finding(variant="old"), spoken=Finding(variant="older")),
            Ruling(rule="a", version="1", outcome=Finding(variant="plain", points=("gone",)), spoken=None),
            Ruling(rule="a", version="1", outcome=NotApplicable(because="gone", by="also-gone")),
        )
        old = Assessment(facts=facts(), exemptions=(), rulings=rulings, verdicts={"gone": Unfit(because="why")})
        (one,) = trace((old,), (), release(rule("a", finding())))
        assert [told.says for told in one.rules] == ["old", "Summary of {name}", ""]
        assert one.rules[0].would_say == "older"
        assert one.rules[2].because == "gone"
        assert (one.alternatives[0].title, one.alternatives[0].because) == ("gone", "why")


class TestAlternatives:
    @pytest.mark.parametrize(
        ("verdict", "state", "because"),
        [
            (Offer(), State.OFFERED, ""),
            (Declined(because="kidney", values={"egfr": 22}), State.NOT_OFFERED, "kidney value 22"),
            (Declined(because="kidney", values={"egfr": 40}, advise=True), State.WORTH_CONSIDERING, "kidney value 40"),
            (Declined(because="kidney", also_because=("kidney",), values={"egfr": 9}), State.NOT_OFFERED, None),
            (Unfit(because="own"), State.NOT_APPLICABLE, "no such problem"),
            (Unfit(because="exempt"), State.NOT_APPLICABLE, "right as it is"),
            (Unfit(because="unjudged:a"), State.NOT_APPLICABLE, "broken: Title of a"),
            (Unfit(because="strange:a"), State.NOT_APPLICABLE, "strange:a"),
            (ValueError("Jane Doe"), State.FAILED, "ValueError"),
        ],
    )
    def test_verdicts(self, verdict, state, because):
        one = replace(alternative("sg-a", verdict), unfit={"own": "no such problem"})
        (told,) = traced(rule("a", finding(), offers=("sg-a",)), alternatives=(one,)).alternatives
        expected = "kidney value 9; kidney value 9" if because is None else because
        assert (told.title, told.state, told.because) == ("SG-A", state, expected)

    def test_one_that_fits_while_another_has_its_place(self):
        two = (alternative("sg-a"), alternative("sg-b"))
        told = traced(rule("a", finding(), offers=("sg-a", "sg-b")), alternatives=two).alternatives
        assert [one.state for one in told] == [State.OFFERED, State.FIT]

    def test_what_was_passed_over_within_an_offer(self):
        passed = (PassedOver(choice="default", because="kidney", values={"egfr": 9}),)
        for verdict in (Offer(also=passed), Declined(because="kidney", values={"egfr": 8}, also=passed)):
            one = alternative("sg-a", verdict)
            (told,) = traced(rule("a", finding(), offers=("sg-a",)), alternatives=(one,)).alternatives
            assert told.also == ("default: kidney value 9",)


class TestFacts:
    def test_exemptions_with_their_reason(self):
        (told,) = traced(rule("a", finding()), exempt=("X",)).exemptions
        assert (told.id, told.name, told.because) == ("X", "comfort care", "stated on the order")

    def test_every_section_or_why_it_was_not_to_be_had(self):
        known = facts(problems="timeout", medications=[drug("opioids")], allergies="odd")
        told = {section.section: section for section in traced(rule("a", finding()), known=known).sections}
        assert list(told) == [
            "problems",
            "medications",
            "statements",
            "allergies",
            "observations",
            "services",
            "encounter",
        ]
        assert (told["problems"].title, told["problems"].unavailable) == ("problem list", "no answer in time")
        assert told["allergies"].unavailable == "odd"
        assert told["medications"].facts[0].reference == "MedicationRequest/1"

    def test_gaps_are_counted(self):
        known = replace(facts(), problems=Known(items=(), gaps=(Gap(why="x"), Gap(why="y"))))
        told = traced(rule("a", finding()), known=known).sections[0]
        assert (told.gaps, told.facts) == (2, ())

    @pytest.mark.parametrize(
        ("known", "section", "label", "when", "remarks"),
        [
            (
                {"problems": [problem("falls", label="A fall", onset="2026-05", ended="2026-06", past=True)]},
                "problems",
                "A fall [falls]",
                "2026-05",
                ("past", "ended 2026-06"),
            ),
            (
                {"problems": [problem("falls", "copd", recorded="2026-05-01", text=True, unconfirmed=True)]},
                "problems",
                "falls, copd [falls, copd]",
                "2026-05-01",
                ("active", "day of recording", "unconfirmed", "from free text"),
            ),
            (
                {"drafts": [drug("opioids", in_draft=True)]},
                "draft",
                "opioids [opioids]",
                "",
                ("current", "in this draft"),
            ),
            (
                {"medications": [drug("ssri", since="2026-01-02", ended="2026-03-04", not_tolerated=True)]},
                "medications",
                "ssri [ssri]",
                "2026-01-02",
                ("current", "until 2026-03-04", "not tolerated"),
            ),
            ({"statements": [drug(ineffective=True)]}, "statements", "in no value set of the release", "", None),
            (
                {"allergies": [allergy("ssri", intolerance=True, criticality="high")]},
                "allergies",
                "ssri [ssri]",
                "",
                ("intolerance", "high"),
            ),
            (
                {"observations": [measurement("labs", "22.50", "mL/min", comparator="<")]},
                "observations",
                "labs [labs]",
                "2026-06-01",
                ("<22.5 mL/min",),
            ),
            ({"services": [Service(classes=classes("physio"), origin=ORIGIN)]}, "services", "physio [physio]", "", ()),
            (
                {"encounter": [Encounter(encounter_class="imp", classes=classes("hospice"), origin=ORIGIN)]},
                "encounter",
                "imp",
                "",
                ("hospice [hospice]",),
            ),
            (
                {"encounter": [Encounter(encounter_class="", classes={}, origin=ORIGIN)]},
                "encounter",
                "of no stated class",
                "",
                (),
            ),
        ],
    )
    def test_lines(self, known, section, label, when, remarks):
        told = {one.section: one for one in traced(rule("a", finding()), known=facts(**known)).sections}
        (line,) = told[section].facts
        assert (line.label, line.date) == (label, when)
        assert line.remarks == (remarks if remarks is not None else ("current", "did not work"))
        assert line.place == "prefetch"
        assert line.reference

    def lines(self, **known):
        one = traced(rule("a", finding()), known=facts(**known))
        return {line.label: line.remarks[0] for line in one.order}

    def test_the_order_and_the_patient(self):
        told = self.lines(order=order(days=30, repeats=2, reasons=["muscle-spasm"], doubts=["dose-unknown"]), age=70)
        assert told == {
            "judged as of": "2026-06-15",
            "form": "oral",
            "dose": "5 mg × 2 per day, 10 mg a day at most",
            "planned days": "30, by bounds",
            "repeats": "2",
            "stated reasons": "muscle-spasm [muscle-spasm]",
            "doubts": "dose",
            "age": "70 years",
            "sex": "female",
        }

    def test_what_is_not_known_of_them(self):
        told = self.lines(order=order(days=None, dose_unknown="dose-unknown"), age=None, sex="")
        assert told["dose"] == "dose unknown"
        assert told["planned days"] == "unknown"
        assert told["age"] == "unknown: no believable birth date"
        assert "sex" not in told
        partial = self.lines(age=age(64, maximum=65), order=order(dose_from_text=True, per_day_mg=None))
        assert partial["age"] == "64 to 65 years (birth date known by year)"
        assert partial["dose"] == "5 mg × 2 per day, from free text"

    def test_earlier_use_and_running_orders(self):
        told = self.lines(
            prior_use=PriorUse(covered_days=40, run_start=date(2026, 5, 1)),
            running=[RunningOrder(reference="MedicationRequest/7", ends=None, oral=True, replaced=False)],
        )
        assert told["earlier use"] == "40 days since 2026-05-01"
        assert told["running orders"] == "MedicationRequest/7 until unknown"

    def test_an_assumed_date_says_so(self):
        one = traced(rule("a", finding()), known=replace(facts(), date_assumed=True))
        assert one.order[0].remarks == ("2026-06-15 (no order date)",)


def test_the_trace_names_the_order():
    one = traced(rule("a", RuleFailed(error="x")), rule("b", finding(), order=2))
    assert (one.title, one.reference) == ("diazepam 5 mg tablet", "MedicationRequest/draft-1")
    assert Indicator.WARNING.value == rules_of(one)["b"].indicator
