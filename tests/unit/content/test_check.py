"""What the check of a release finds beyond loading."""

from datetime import date

import pytest

from cds_service.content.check import check
from cds_service.content.value_set_build import build_value_sets


def test_the_small_release_has_no_faults(release):
    assert check(release).faults == ()


def test_a_release_that_does_not_load_is_reported(release):
    (release / "phrases.toml").unlink()
    assert check(release).faults == ("phrases.toml: the file is missing",)


@pytest.mark.parametrize(
    ("name", "old", "new", "fault"),
    [
        ("rules/falls_history.toml", 'id = "falls-history"', 'id = "falls"', "its id should be falls-history"),
        ("rules/falls_history.toml", '["EV-BEERS-2023"]', "[]", "rule falls-history: warns without evidence"),
        ("rules/falls_history.toml", "A fall in {days} days", "A fall {days} " + "so " * 40, "can grow to"),
        ("rules/falls_history.toml", "A fall in {days} days", "A fall in {days days", "a brace out of place"),
        ("rules/falls_history.toml", "A fall in {days} days", "A fall in {} days", "{} is not a placeholder"),
        ("rules/falls_history.py", '"falls"', '"fals"', "asks for 'fals', which value_sets"),
        ("evidence.toml", 'verified = "V2"', 'verified = "V9"', "verified is 'V9'"),
        ("evidence.toml", 'verified = "V2"', 'verified = "V3"', "a source marked V3 is not linked"),
        ("evidence.toml", "https://dailymed", "dailymed", "the url must be absolute"),
        ("exemptions.toml", "[names]", '[names]\nX-NEW = "New"', "[matrix.falls-history] does not say what X-NEW does"),
        ("exemptions.py", "return ()", 'return facts.stated_reasons("fals") and ()', "exemptions.py: asks for 'fals'"),
        ("exemptions.toml", "[matrix.falls-history]", "[matrix.gone]", "no [matrix.falls-history]"),
        ("sources/falls.csv", "Fall (event)", "A fall (event)", "value_sets/falls.json: not what the source tables"),
        ("rules/falls_history.py", "Silent when:", "Quiet when:", "does not say Silent when:"),
        ("rules/falls_history.py", 'because="none"', 'because="nobody"', "[silent] has no words for nobody"),
        ("rules/falls_history.toml", 'needs = ["problems"]', "needs = []", "looks at problems, which needs"),
        (
            "alternatives/physio.py",
            "return Offer()",
            'return Declined(because="busy")',
            "[blocked] has no words for busy",
        ),
        (
            "alternatives/physio.py",
            "return Offer()",
            'return Unfit(because="a" if facts else "b")',
            "[unfit] has no words for b",
        ),
        ("exemptions.py", "return ()", 'return (Exemption(id="X-NEW", because="new"),)', "gives X-NEW, which [names]"),
        (
            "exemptions.py",
            "return ()",
            'return (Exemption(id="X-PALL", because="new"),)',
            "[because] has no words for new",
        ),
        (
            "exemptions.toml",
            "[names]",
            '[evidence]\nX-PALL = ["EV-GONE"]\n\n[names]',
            "cites EV-GONE, which evidence.toml",
        ),
        ("phrases.toml", "[headings]", 'footer_evidence = ["EV-GONE"]\n[headings]', "the footer: cites EV-GONE"),
        ("facts.toml", '37839007 = "oral"', '37839000 = "oral"', "[form_routes] 37839000 is in no value set of routes"),
        (
            "rules/falls_history.toml",
            '[units]\nwindow_days = "d"',
            "",
            "[units] does not say what window_days is counted",
        ),
        ("rules/falls_history.toml", "[units]", '[units]\ndays = "d"', "[units] names days, which is no threshold"),
        (
            "rules/falls_history.toml",
            "[units]",
            "[bounds]\nwindow_days = { least = 1, most = 9 }\n[units]",
            "window_days is 365, outside its own bounds 1 to 9",
        ),
        (
            "rules/falls_history.toml",
            "[units]",
            "[bounds]\nwindow = { least = 1, most = 9 }\n[units]",
            "[bounds] names window, which is no single threshold",
        ),
        ("rules/falls_history.toml", 'version = "1.0.0"', 'version = "1.1.0"', "its [[history]] begins with 1.0.0"),
        ("rules/falls_history.toml", "date = 2026-11-25", "date = 2026-11-26", "after the date of the release"),
        ("rules/falls_history.toml", "reviewed = false", "reviewed = 2026-11-26", "reviewed after the date of the rel"),
        (
            "rules/falls_history.toml",
            "[[history]]",
            '[[history]]\nversion = "1.0.0"\ndate = 2026-11-24\nwhat = ""\nwhy = ""\n\n[[history]]',
            "[[history]] is not in order",
        ),
        (
            "rules/falls_history.py",
            'fallen = facts.problems_in("falls")',
            'fallen = facts.problems_in("falls") and facts.age',
            "the logic looks at facts.age, but [source_attributes] does not tell of date_of_birth",
        ),
        (
            "alternatives/physio.py",
            "return Offer()",
            "return Offer() if kidney(facts, params) else None",
            "the logic looks at facts.sex, but [source_attributes] does not tell of sex",
        ),
        ("order-sign.toml", 'orders_at = "draftOrders"', 'orders_at = "orders"', "[context] says nothing of orders"),
        ("order-sign.toml", 'type = "object"', 'type = "thing"', "[context] is not a JSON Schema"),
    ],
)
def test_faults(release, edit, name, old, new, fault):
    edit(name, old, new)
    faults = check(release).faults
    assert any(fault in line for line in faults), faults


class TestCodesAgainstEachOther:
    """Planted in the tables, built into the sets, then found by the check."""

    def build(self, release, name, line):
        path = release / "sources" / f"{name}.csv"
        path.write_text(path.read_text(encoding="utf-8").rstrip("\n") + f"\n{line}\n", encoding="utf-8")
        build_value_sets(release)
        return check(release).faults

    @pytest.mark.parametrize(
        ("name", "other"),
        [
            ("alcohol-use-remission", "alcohol-use-disorder"),
            ("substance-use-remission", "opioid-use-disorder"),
            ("substance-use-remission", "sedative-use-disorder"),
            ("stroke-history", "stroke-acute"),
            ("transient-ischemic-attack", "stroke-acute"),
            ("diazepam-parenteral-forms", "diazepam-oral-forms"),
            ("benzodiazepines-other", "diazepam"),
            ("renal-impairment-moderate", "renal-impairment-severe"),
        ],
    )
    def test_a_code_in_two_sets_that_exclude_each_other(self, release, name, other):
        stolen = (release / "sources" / f"{other}.csv").read_text(encoding="utf-8").splitlines()[1]
        code = stolen.split(",")[1]
        found = [line for line in self.build(release, name, stolen) if "which exclude each other" in line]
        assert [line for line in found if code in line and name in line and other in line]

    def test_a_code_that_a_set_should_include(self, release):
        faults = self.build(release, "severe-hepatic-disease", "http://snomed.info/sct,1,Liver gone,me")
        assert any(
            line.startswith("sources/hepatic-impairment-any.csv: lacks 1 (Liver gone) of severe") for line in faults
        )

    def test_a_display_with_a_word_the_set_never_says(self, release):
        faults = self.build(release, "alcohol-use-disorder", "http://snomed.info/sct,1,Drinking in remission,me")
        assert any("alcohol-use-disorder.csv: 1 says 'in remission'" in line for line in faults)

    def test_names_that_lead_nowhere(self, release, edit):
        edit(
            "sources/index.toml",
            '["alcohol-use-disorder", "alcohol-use-remission"]',
            '["alcohol-use-disorder", "gone"]',
        )
        edit("sources/index.toml", 'includes = ["severe-hepatic-disease"]', 'includes = ["nowhere"]')
        faults = check(release).faults
        assert "sources/index.toml: exclusions names gone, which is no value set" in faults
        assert (
            "sources/index.toml: [sets.hepatic-impairment-any] includes names nowhere, which is no value set" in faults
        )


class TestProducts:
    """A product whose strength, form or name contradicts its RxNorm display would make every dose wrong."""

    @pytest.mark.parametrize(
        ("code", "old", "new", "fault"),
        [
            (
                "197591",
                "strength_mg = 5",
                "strength_mg = 10",
                "strength_mg is 10, but it is called 'diazepam 5 MG Oral",
            ),
            ("197591", "diazepam 5 mg", "diazepam 2 mg", "strength_mg is 5, but it is called 'diazepam 2 mg tablet'"),
            ("801957", "mg_per_ml = 5", "mg_per_ml = 4", "mg_per_ml is 4, but it is called '0.5 ML diazepam 5 MG/ML"),
            ("801957", "strength_mg = 2.5", "strength_mg = 5", "strength_mg is 5, but it is called '0.5 ML diazepam"),
            ("2272621", "strength_mg = 10", "strength_mg = 5", "strength_mg is 5, but it is called '{1 (0.1 ML)"),
            (
                "309844",
                "strength_mg = 5",
                "strength_mg = 1",
                "strength_mg is 1, but it is called 'diazepam 5 MG/ML Oral",
            ),
            (
                "197591",
                'form = "oral"',
                'form = "rescue"',
                "is not oral, the value set diazepam-oral-forms says otherwise",
            ),
        ],
    )
    def test_contradictions(self, release, code, old, new, fault):
        path = release / "products.toml"
        before, at, after = path.read_text(encoding="utf-8").partition(f'code = "{code}"')
        assert old in after
        path.write_text(before + at + after.replace(old, new, 1), encoding="utf-8")
        assert any(line.startswith(f"products.toml: {code}") and fault in line for line in check(release).faults)


def test_a_row_for_a_rule_to_come_is_a_notice(release, edit):
    edit("exemptions.toml", "[matrix.falls-history]", '[matrix.later]\nX-PALL = "S"\n\n[matrix.falls-history]')
    assert "exemptions.toml: [matrix.later] is of no rule yet" in check(release).notices


@pytest.mark.parametrize(
    "notice",
    [
        "evidence.toml: nothing cites EV-CKDEPI-2021",
        "value_sets/opioids.json: nothing uses it",
        "override_reasons.toml: no rule lists end-of-life",
        "sg-physio: cites no evidence; say why in no_evidence",
        "release.toml: nobody has signed this release off",
    ],
)
def test_notices(release, notice):
    assert any(line.startswith(notice) for line in check(release).notices)


def test_a_source_not_verified_must_not_be_cited(release, edit):
    edit("rules/falls_history.toml", "EV-BEERS-2023", "EV-AFP-2002")
    edit("evidence.toml", 'strength = "review"\nverified = "V3"', 'strength = "review"\nverified = "U"')
    assert "falls-history: cites EV-AFP-2002, which is not verified" in check(release).faults


def test_a_reason_for_no_evidence_quiets_the_notice(release, edit):
    edit("alternatives/physio.toml", "evidence = []", 'evidence = []\nno_evidence = "It states nothing."')
    assert not any("sg-physio" in line for line in check(release).notices)


def test_evidence_of_exemptions_footer_and_contested_points_counts_as_cited(release, edit):
    edit("exemptions.toml", "[names]", '[evidence]\nX-PALL = ["EV-CKDEPI-2021"]\n\n[names]')
    edit("phrases.toml", "[headings]", 'footer_evidence = ["EV-MANCUSO-2004"]\n[headings]')
    point = 'id = "a"\ntopic = ""\npopular = ""\nprimary = ""\nfollowed = ""\ntouches = ["falls-history"]\n'
    (release / "contested.toml").write_text(f'[[points]]\n{point}evidence = ["EV-VISTA-2014"]\n')
    report = check(release)
    assert report.faults == ()
    for id_ in ("EV-CKDEPI-2021", "EV-MANCUSO-2004", "EV-VISTA-2014"):
        assert f"evidence.toml: nothing cites {id_}" not in report.notices


@pytest.mark.parametrize(
    ("name", "text", "fault"),
    [
        (
            "contested.toml",
            '[[questions]]\nid = "q"\nasks = "?"\ntouches = ["gone"]\n',
            "contested.toml: q touches gone, which is no rule and no alternative",
        ),
        ("contested.toml", '[[questions]]\nid = "q"\n', "contested.toml: Object missing required field"),
        (
            "examples.toml",
            '[[examples]]\nof = "gone"\ncase = "x"\nsays = "y"\n',
            "examples.toml: an example of gone, which is no rule and no alternative",
        ),
    ],
)
def test_supplements(release, name, text, fault):
    (release / name).write_text(text)
    assert any(line.startswith(fault) for line in check(release).faults)


def test_a_review_that_is_due_is_a_notice_and_never_a_fault(release):
    overdue = "rules/falls_history.toml: its review was due on 2027-05-24"
    assert overdue not in check(release).notices
    assert overdue not in check(release, as_of=date(2027, 5, 24)).notices
    late = check(release, as_of=date(2027, 5, 25))
    assert overdue in late.notices
    assert late.faults == ()


@pytest.mark.parametrize("key", ["owner = ", "reviewed = ", "next_review = "])
def test_who_answers_for_a_file_must_be_said(release, key):
    path = release / "rules" / "falls_history.toml"
    lines = [line for line in path.read_text().splitlines() if not line.startswith(key)]
    path.write_text("\n".join(lines))
    (fault,) = check(release).faults
    assert fault == f"rules/falls_history.toml: Object missing required field `{key.removesuffix(' = ')}`"


def test_a_history_must_not_be_empty(release):
    path = release / "rules" / "falls_history.toml"
    path.write_text(path.read_text().partition("[[history]]")[0].replace("[params]", "history = []\n\n[params]"))
    assert "rules/falls_history.toml: no [[history]]" in "".join(check(release).faults)
