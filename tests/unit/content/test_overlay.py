"""A site's overlay: what it may change, that everything else is refused, and that the identity tells of it."""

import re
import shutil

import pytest

from cds_service.content.check import check
from cds_service.content.load import load
from cds_service.domain.errors import ContentBroken
from cds_service.domain.outcome import Declined, Indicator, Offer
from cds_service.domain.terminology import Coding, Concept, Vocabulary
from tests.builders import facts
from tests.unit.content.conftest import HOOKS

ABOUT = """
name = "st-mary"
version = "3"
date = 2026-11-25
owner = "Pharmacy and therapeutics committee"
why = "Our formulary."
"""
FILES = {
    "overlay.toml": ABOUT,
    "sources/index.toml": """
[copyright]
"urn:oid:1.2.3" = "Our own codes."

[sets.falls]
mode = "add"
why = "Our own codes of falls."

[sets.hyponatremia]
mode = "replace"
why = "We code it so."

[sets.local-clinics]
mode = "new"
why = "For later."
""",
    "sources/falls.csv": "system,code,display,origin\nurn:oid:1.2.3,F-1,Fell in our ward,us\n",
    "sources/hyponatremia.csv": "system,code,display,origin\nurn:oid:1.2.3,NA,Low sodium,us\n",
    "sources/local-clinics.csv": "system,code,display,origin\nurn:oid:1.2.3,C,Clinic,us\n",
    "words.toml": """
[drug]
opioids = ["Painaway"]

[brands]
morphine = ["Painaway"]

[problem]
falls = ["took a tumble"]
""",
    "phrases.toml": 'footer = "Call us."\n[headings]\nproblem = "Problem"\n',
    "rules/falls_history.toml": """
shadow = true
override_reasons = ["data-wrong"]

[params]
window_days = 180

[variants.fell]
indicator = "info"
summary = "Fell in the last {days} days"
instead = "Call our falls team."
""",
    "alternatives/physio.toml": 'withheld = "we have {no} physiotherapist"\nlabel = "Send to physio"\n',
}


@pytest.fixture
def release(release):
    """The small release, with a bound and a choice of indicator."""
    path = release / "rules" / "falls_history.toml"
    text = path.read_text().replace('indicator = "warning"', 'indicator = "warning"\nmay_be = ["info"]')
    path.write_text(text.replace("[units]", "[bounds]\nwindow_days = { least = 90, most = 365 }\n\n[units]"))
    return release


@pytest.fixture
def overlay(tmp_path_factory):
    root = tmp_path_factory.mktemp("overlay")
    for name, text in FILES.items():
        (root / name).parent.mkdir(exist_ok=True)
        (root / name).write_text(text.lstrip(), encoding="utf-8")
    return root


def faults_of(release, overlay):
    with pytest.raises(ContentBroken) as broken:
        load(release, overlay)
    assert all(fault.startswith("overlay: ") for fault in broken.value.faults), broken.value.faults
    return broken.value.faults


class TestWhatASiteMayChange:
    def test_thresholds_indicators_flags_and_words_of_a_rule(self, release, overlay):
        (rule,) = load(release, overlay).rules
        variant = rule.variants["fell"]
        assert rule.params.window_days == 180
        assert rule.shadow
        assert rule.override_reasons == ("data-wrong",)
        assert (variant.indicator, variant.summary) == (Indicator.INFO, "Fell in the last {days} days")
        assert (variant.instead, variant.why) == ("Call our falls team.", "It may happen again.")

    def test_codes(self, release, overlay):
        plain, content = load(release), load(release, overlay)
        added = Coding(system="urn:oid:1.2.3", code="F-1", display="Fell in our ward")
        assert set(content.value_set_codes["falls"]) == {*plain.value_set_codes["falls"], added}
        assert [coding.code for coding in content.value_set_codes["hyponatremia"]] == ["NA"]
        assert [coding.code for coding in content.value_set_codes["local-clinics"]] == ["C"]
        assert content.value_sets["falls"] == f"{plain.value_sets['falls']}+st-mary.3"
        assert content.value_sets["local-clinics"] == "st-mary.3"
        found = content.terminology.classify(Concept(codings=(added,)), Vocabulary.PROBLEM)
        assert found["falls"].label == "Fell in our ward"

    def test_words(self, release, overlay):
        terminology = load(release, overlay).terminology
        assert terminology.classify(Concept(text="Painaway 5"), Vocabulary.DRUG)["opioids"].label == "morphine"
        assert "opioids" in terminology.classify(Concept(text="morphine"), Vocabulary.DRUG)
        assert "falls" in terminology.classify(Concept(text="took a tumble"), Vocabulary.PROBLEM)

    def test_shared_words(self, release, overlay):
        phrases = load(release, overlay).phrases
        assert (phrases.footer, phrases.headings["problem"]) == ("Call us.", "Problem")

    def test_an_alternative_that_is_never_offered_says_why(self, release, overlay):
        alternative = load(release, overlay).alternatives["sg-physio"]
        assert alternative.check(facts(), {}, alternative.params) == Declined(because="withheld")
        assert alternative.blocked["withheld"].format() == "we have {no} physiotherapist"
        assert alternative.label == "Send to physio"

    def test_one_that_is_only_reworded_is_still_offered(self, release, overlay):
        (overlay / "alternatives" / "physio.toml").write_text('label = "Send"\n')
        alternative = load(release, overlay).alternatives["sg-physio"]
        assert alternative.check(facts(), {}, alternative.params) == Offer()

    def test_an_overlay_that_changes_nothing(self, release, tmp_path_factory):
        root = tmp_path_factory.mktemp("empty")
        (root / "overlay.toml").write_text(ABOUT)
        assert check(release, root).changes == ()

    def test_the_files_of_the_release_are_not_touched(self, release, overlay):
        before = load(release).release
        load(release, overlay)
        assert load(release).release == before


class TestIdentity:
    def test_version_and_hash_cover_both(self, release, overlay):
        plain, laid = load(release).release, load(release, overlay).release
        assert laid.version == f"{plain.version}+st-mary.3"
        assert laid.sha256 != plain.sha256
        assert [(layer.kind, layer.name, layer.version) for layer in laid.layers] == [("overlay", "st-mary", "3")]

    def test_another_word_in_the_overlay_is_another_release(self, release, overlay):
        before = load(release, overlay).release
        (overlay / "phrases.toml").write_text('footer = "Call us now."\n')
        after = load(release, overlay).release
        assert (after.version, after.sha256 != before.sha256) == (before.version, True)

    def test_the_place_of_the_overlay_does_not_matter(self, release, overlay, tmp_path_factory):
        elsewhere = tmp_path_factory.mktemp("elsewhere") / "o"
        shutil.copytree(overlay, elsewhere)
        assert load(release, elsewhere).release == load(release, overlay).release


@pytest.mark.parametrize(
    ("name", "old", "new", "fault"),
    [
        ("overlay.toml", 'name = "st-mary"', 'name = "st mary"', "overlay.toml: name and version are letters"),
        ("overlay.toml", 'version = "3"', 'version = "3+1"', "overlay.toml: name and version are letters"),
        ("overlay.toml", 'why = "Our formulary."', "", "overlay.toml: Object missing required field `why`"),
        ("rules/falls_history.toml", "180", "30", "the threshold window_days may be 90 to 365, not 30"),
        ("rules/falls_history.toml", "180", '"180"', "the threshold window_days must be a number"),
        ("rules/falls_history.toml", "window_days", "window", "the threshold window cannot be set"),
        ("rules/falls_history.toml", '"info"', '"critical"', "the indicator of variant fell may be warning or info"),
        ("rules/falls_history.toml", "variants.fell", "variants.fall", "there is no variant fall"),
        (
            "rules/falls_history.toml",
            "{days} days",
            "{days} of {patient}",
            "{patient} is not filled here; these are: days",
        ),
        ("rules/falls_history.toml", "{days} days", "{days days", "is not filled here"),
        ("rules/falls_history.toml", "Fell in", "Fell " + "and fell " * 15, "summary: can grow to"),
        ("rules/falls_history.toml", '"data-wrong"', '"no-reason"', "unknown override reason: no-reason"),
        ("rules/falls_history.toml", "shadow = true", 'id = "other"', "unknown field `id`"),
        (
            "alternatives/physio.toml",
            "label =",
            "description = 'x {y}'\nlabel =",
            "description: {y} is not filled here",
        ),
        ("phrases.toml", "problem =", "problems =", "phrases.toml, headings: there is no problems"),
        (
            "words.toml",
            "morphine = ",
            "zolpidem = ",
            "[brands]: zolpidem does not stand for all that Painaway",
        ),
        ("words.toml", "falls", "tumbles", "words.toml: tumbles is no value set and no word list"),
        ("sources/index.toml", 'mode = "add"', 'mode = "new"', "falls: mode is 'new', but the release has one of this"),
        ("sources/index.toml", 'mode = "new"', 'mode = "add"', "mode is 'add', but the release has none of this name"),
        ("sources/index.toml", 'mode = "add"', 'mode = "drop"', "sources/index.toml: Invalid enum value 'drop'"),
        ("sources/index.toml", "[sets.falls]", "[sets.opioids]", "sources/index.toml: no table opioids.csv"),
        ("sources/index.toml", "[sets.falls]", "[sets.opioids]", "sources/falls.csv: not in index.toml"),
        ("sources/index.toml", "urn:oid:1.2.3", "urn:oid:4", "code system urn:oid:1.2.3 has no notice"),
        ("sources/falls.csv", "F-1", "", "sources/falls.csv, row 2: needs exactly"),
    ],
)
def test_what_a_site_may_not_change_is_refused(release, overlay, name, old, new, fault):
    text = (overlay / name).read_text()
    assert old in text
    (overlay / name).write_text(text.replace(old, new, 1))
    assert any(fault in line for line in faults_of(release, overlay))


@pytest.mark.parametrize(
    "name",
    ["rules/falls_history.py", "exemptions.toml", "products.toml", "evidence.toml", "sources/notes.txt", "facts.toml"],
)
def test_files_that_an_overlay_may_not_have(release, overlay, name):
    (overlay / name).write_text("")
    assert f"overlay: {name}: an overlay has no such file" in faults_of(release, overlay)


@pytest.mark.parametrize(("folder", "what"), [("rules", "rule"), ("alternatives", "alternative")])
def test_stems_that_the_release_does_not_have(release, overlay, folder, what):
    (overlay / folder / "gone.toml").write_text("")
    assert f"overlay: {folder}/gone.toml: there is no such {what}" in faults_of(release, overlay)


def test_no_such_folder(release, tmp_path):
    assert "there is no such folder" in faults_of(release, tmp_path / "nowhere")[0]


class TestCheck:
    def test_it_explains_what_the_overlay_changes(self, release, overlay):
        report = check(release, overlay)
        assert report.faults == ()
        assert report.release.version == "0.1.0+st-mary.3"
        assert set(report.changes) >= {
            "rule falls-history, shown: yes → no, in shadow",
            "rule falls-history, threshold window_days: 365 → 180",
            "rule falls-history, variant fell, indicator: warning → info",
            "rule falls-history, variant fell, summary: 'A fall in {days} days' → 'Fell in the last {days} days'",
            "rule falls-history, override_reasons: risk-benefit-ratio → data-wrong",
            "alternative sg-physio, label: 'Refer to physical therapy' → 'Send to physio'",
            "footer: 'This card supports judgement.' → 'Call us.'",
            "value set falls: 1 added: F-1 (Fell in our ward)",
            "value set local-clinics: 1 added: C (Clinic)",
            "words of [drug] for opioids: 1 added: painaway",
            "words of [problem] for falls: 1 added: took a tumble",
        }
        assert any(
            line.startswith("value set hyponatremia: 1 added: NA (Low sodium); 2 removed") for line in report.changes
        )
        assert any("blocked.withheld: added" in line for line in report.changes)

    def test_a_code_of_the_site_that_contradicts_is_a_fault(self, release, overlay):
        stolen = next(
            line
            for line in (release / "sources" / "alcohol-use-disorder.csv").read_text().splitlines()
            if line.startswith("http://snomed")
        )
        (overlay / "sources" / "alcohol-use-remission.csv").write_text(f"system,code,display,origin\n{stolen}\n")
        with (overlay / "sources" / "index.toml").open("a") as index:
            index.write('\n[sets.alcohol-use-remission]\nmode = "add"\nwhy = "Ours."\n')
        assert any("which exclude each other" in fault for fault in check(release, overlay).faults)

    def test_a_broken_overlay_is_reported(self, release, overlay):
        (overlay / "overlay.toml").unlink()
        assert check(release, overlay).faults == ("overlay: overlay.toml: the file is missing",)


def test_the_overlay_that_the_readme_shows_can_be_used(tmp_path):
    readme = (HOOKS / "README.md").read_text(encoding="utf-8")
    shown = re.findall(r"```(?:toml|csv)\n# (\S+)\n(.*?)```", readme, re.DOTALL)
    assert len(shown) == 5
    for name, text in shown:
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    report = check(HOOKS, tmp_path)
    assert report.faults == ()
    assert report.release.version.endswith("+st-mary.3")
    told = "\n".join(report.changes)
    for part in (
        "warning_from: 29 → 32",
        "indicator: critical → warning",
        "pain clinic",
        "not on our formulary",
        "OPI-1",
    ):
        assert part in told
