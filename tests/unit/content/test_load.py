"""Loading a release: what arrives, and that every fault is named before anything runs."""

import shutil
import time
from datetime import date
from decimal import Decimal

import pytest

from cds_service.content.load import load
from cds_service.domain.errors import ContentBroken
from cds_service.domain.orders import Form, ServiceOrder
from cds_service.domain.outcome import Finding, Indicator, NotApplicable, Offer
from tests.builders import facts, problem

RXNORM = "http://www.nlm.nih.gov/research/umls/rxnorm"


def faults_of(release):
    with pytest.raises(ContentBroken) as broken:
        load(release)
    return broken.value.faults


class TestWhatArrives:
    def test_rules_and_alternatives_run(self, release):
        content = load(release)
        (rule,) = content.rules
        finding = rule.evaluate(facts(problems=[problem("falls")]), rule.params)
        assert finding == Finding(variant="fell", values={"days": 365})
        assert rule.evaluate(facts(), rule.params) == NotApplicable(because="none")
        assert rule.variants["fell"].indicator is Indicator.WARNING
        assert content.alternatives["sg-physio"].check(facts(), {}, None) == Offer()

    def test_numbers_with_a_point_are_exact(self, release):
        assert load(release).alternatives["sg-physio"].params.least == Decimal("0.1")

    def test_orders_take_the_shape_of_their_kind(self, release):
        order = load(release).alternatives["sg-physio"].orders["default"]
        assert isinstance(order, ServiceOrder)
        assert order.coding.code == "91251008"
        assert order.treats == {"falls"}

    def test_release_and_reading(self, release):
        content = load(release)
        assert (content.release.version, content.release.date) == ("0.1.0", date(2026, 11, 25))
        assert content.release.reviewers == ()
        assert "Not yet reviewed" in content.release.sign_off
        assert content.reading.subject_set == "diazepam"
        assert content.reading.form_routes["37161004"] == "rescue"
        assert content.reading.course.calendar_months_days == 120
        assert {hook.service_id for hook in content.hooks} == {
            "diazepam-medication-prescribe",
            "diazepam-order-select",
            "diazepam-order-sign",
        }

    def test_two_releases_side_by_side(self, release, tmp_path_factory, edit):
        old = tmp_path_factory.mktemp("old") / "hooks"
        shutil.copytree(release, old)
        edit("rules/falls_history.py", 'variant="fell"', 'variant="tumbled"')
        before, after = load(old), load(release)
        fallen = facts(problems=[problem("falls")])
        assert before.rules[0].evaluate(fallen, before.rules[0].params).variant == "fell"
        assert after.rules[0].evaluate(fallen, after.rules[0].params).variant == "tumbled"
        assert before.release.sha256 != after.release.sha256

    def test_the_hash_is_of_the_content_not_of_the_place(self, release, tmp_path_factory):
        copy = tmp_path_factory.mktemp("copy") / "elsewhere"
        shutil.copytree(release, copy)
        (copy / "rules" / "__pycache__").mkdir()
        (copy / "rules" / "__pycache__" / "x.pyc").write_bytes(b"cache")
        assert load(copy).release.sha256 == load(release).release.sha256
        (copy / "README.md").write_text("a word")
        assert load(copy).release.sha256 != load(release).release.sha256

    def test_loading_is_quick(self, release):
        load(release)
        started = time.process_time()
        load(release)
        assert time.process_time() - started < 2  # seconds of the processor; about 0.1 measured


class TestProducts:
    @pytest.mark.parametrize(
        ("code", "form", "strength", "unit", "per_ml", "mg_per_ml", "tablet"),
        [
            ("197591", Form.ORAL, "5", "tablet", False, None, True),
            ("104699", Form.ORAL, "2", "tablet", False, None, True),
            ("309844", Form.ORAL, "5", "mL", True, "5", False),
            ("801957", Form.RESCUE, "2.5", "applicator", False, "5", False),
            ("2272633", Form.RESCUE, "7.5", "spray", False, "75", False),
            ("2682575", Form.RESCUE, "12.5", "film", False, None, False),
            ("1807452", Form.PARENTERAL, "10", "auto-injector", False, "5", False),
        ],
    )
    def test_strength_of_one_unit(self, release, code, form, strength, unit, per_ml, mg_per_ml, tablet):
        product = load(release).products[RXNORM, code]
        assert product.form is form
        assert product.strength_mg == Decimal(strength)
        assert (product.unit, product.per_ml, product.tablet) == (unit, per_ml, tablet)
        assert product.mg_per_ml == (Decimal(mg_per_ml) if mg_per_ml else None)

    def test_every_product_of_the_value_set_is_there_and_no_ingredient(self, release):
        content = load(release)
        coded = {coding.code for coding in content.value_set_codes["diazepam"] if coding.system == RXNORM}
        assert {code for _, code in content.products} == coded - {"3322"}

    def test_forms_agree_with_the_form_sets(self, release):
        content = load(release)
        for form, name in content.reading.form_sets.items():
            for coding in content.value_set_codes[name]:
                assert content.products[coding.system, coding.code].form == form

    def test_a_product_outside_the_value_set_is_refused(self, release, edit):
        edit("products.toml", 'code = "197591"', 'code = "309840"')
        assert "products.toml: 309840 is not in the value set diazepam" in faults_of(release)

    def test_a_unit_without_a_strength_is_refused(self, release, edit):
        edit("products.toml", "strength_mg = 2\n", "")
        assert any("needs both unit and a strength_mg" in fault for fault in faults_of(release))


class TestFaults:
    @pytest.mark.parametrize(
        ("name", "old", "new", "fault"),
        [
            ("rules/falls_history.toml", 'title = "A fall"', 'titel = "A fall"', "rules/falls_history.toml: Object"),
            ("rules/falls_history.toml", "window_days = 365", "windw_days = 365", "which Params of the Python half"),
            ("rules/falls_history.toml", "window_days = 365", 'window_days = "a"', "[params]: Expected `int`"),
            ("rules/falls_history.toml", '"warning"', '"loud"', "Invalid enum value 'loud'"),
            ("rules/falls_history.toml", '["falls"]', '["fals"]', "unknown value set or word list: fals"),
            ("rules/falls_history.toml", '["problems"]', '["problem"]', "unknown needs: problem"),
            ("rules/falls_history.toml", '["EV-BEERS-2023"]', '["EV-BEER"]', "unknown evidence: EV-BEER"),
            ("rules/falls_history.toml", '"risk-benefit-ratio"', '"because"', "unknown override reason: because"),
            ("rules/falls_history.toml", '"sg-physio"', '"sg-magic"', "unknown alternative: sg-magic"),
            ("rules/falls_history.toml", "[silent]", "[gives_way_to]\nx = 'replaced'\n[silent]", "gives way to: x"),
            ("rules/falls_history.py", "def evaluate", "def judge", "the Python half has no function evaluate"),
            ("rules/falls_history.py", "def evaluate", "def evaluate(", "rules/falls_history.py: cannot be read"),
            ("rules/falls_history.py", "from dataclasses", "import os\nfrom dataclasses", "imports os; only these"),
            ("rules/falls_history.py", "from dataclasses", "1 / 0\nfrom dataclasses", "ZeroDivisionError"),
            ("alternatives/physio.toml", '"service"', '"magic"', "kind 'magic' is none of"),
            ("alternatives/physio.toml", '"service"', '"cancel"', "has no orders of its own"),
            ("alternatives/physio.toml", "text =", "txt =", "[orders.default]: Object"),
            ("exemptions.toml", '"problems"', '"problem"', "exemptions.toml: unknown needs: problem"),
            ("exemptions.toml", '"S"', '"Q"', "unknown effect in the row of falls-history: Q"),
            ("exemptions.toml", "strictest = []", 'strictest = ["x"]', "unknown row of [matrix] under strictest: x"),
            (
                "exemptions.toml",
                "[matrix.falls-history]",
                '[matrix."falls-history/x"]',
                "row of [matrix]: falls-history/x",
            ),
            ("facts.toml", 'subject_set = "diazepam"', 'subject_set = "aspirin"', "unknown value set: aspirin"),
            ("facts.toml", '"taper-words", ', '"tapper-words", ', "unknown word list of [order] in words.toml"),
            ("words.toml", '"Vicodin", "Norco", "Lortab", "Hycet"', '"Vicodn", "Norco"', "Vicodn is no word of [drug]"),
            ("words.toml", '"Kadian"]', '"Kadian", "Xyrem"]', "morphine does not stand for all that Xyrem stands for"),
            ("words.toml", "\ntamoxifen = [", "\ntamoxifn = [", "unknown value set or word list: tamoxifn"),
            ("phrases.toml", "[basis]", "[bases]", "phrases.toml: Object contains unknown field `bases`"),
            ("order-sign.toml", 'hook = "order-sign"', 'hook = "order-sing"', "not the one of its name"),
            ("release.toml", "2026-11-25", "yesterday", "release.toml: cannot be read"),
            ("value_sets/falls.json", '"falls"', '"fals"', "its id is 'fals'"),
            ("value_sets/falls.json", "{", "[", "cannot be read as a ValueSet"),
        ],
    )
    def test_a_fault_is_named_with_its_file(self, release, edit, name, old, new, fault):
        edit(name, old, new)
        assert any(fault in line for line in faults_of(release)), faults_of(release)

    @pytest.mark.parametrize(
        ("chain", "fault"),
        [
            ('if_offered = "sg-physio"', "otherwise must be a variant further down, not ''"),
            ('if_offered = "sg-physio"\notherwise = "fell"', "otherwise must be a variant further down, not 'fell'"),
            ('if_offered = "sg-magic"\notherwise = "last"', "if_offered must be one of its offers, not 'sg-magic'"),
            ('if_offered = "sg-physio"\notherwise = "last"', "last must have its indicator and its offers"),
        ],
    )
    def test_a_wording_must_fall_back_to_one_as_loud(self, release, edit, chain, fault):
        last = '[variants.last]\nindicator = "info"\nsummary = "."\nproblem = "."\nwhy = "."\ninstead = "."\n'
        edit("rules/falls_history.toml", "[silent]", f"{last}\n[silent]")
        edit("rules/falls_history.toml", 'indicator = "warning"', f'indicator = "warning"\n{chain}')
        assert any(fault in line for line in faults_of(release)), faults_of(release)

    @pytest.mark.parametrize("name", ["rules/falls_history.py", "rules/falls_history.toml", "phrases.toml"])
    def test_a_missing_half_or_file_is_a_fault(self, release, name):
        (release / name).unlink()
        assert any(fault.startswith(f"{name}: the file is missing") for fault in faults_of(release))

    def test_all_faults_come_together(self, release, edit):
        edit("release.toml", "version", "verzion")
        edit("rules/falls_history.py", "def evaluate", "def judge")
        edit("alternatives/physio.toml", '"service"', '"magic"')
        faults = faults_of(release)
        assert {fault.split(":")[0] for fault in faults} >= {
            "release.toml",
            "rules/falls_history.toml",
            "alternatives/physio.toml",
        }

    def test_more_reasons_than_a_card_holds(self, release, edit):
        edit(
            "rules/falls_history.toml",
            '["risk-benefit-ratio"]',
            '["risk-benefit-ratio", "end-of-life", "data-wrong", "need-more-info", "expert-contradicts",'
            ' "cds-not-applicable", "prefers-alternative"]',
        )
        assert "rule falls-history: 7 override reasons; at most 6 fit a card" in faults_of(release)

    def test_an_empty_folder(self, tmp_path):
        assert any("value_sets: no value sets" in fault for fault in faults_of(tmp_path))

    def test_no_folder(self, tmp_path):
        assert faults_of(tmp_path / "nowhere") == (f"{tmp_path / 'nowhere'}: there is no such folder",)
