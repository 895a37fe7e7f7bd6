"""What the check of a release finds beyond loading."""

import pytest

from cds_service.content.check import check


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
        ("order-sign.toml", 'orders_at = "draftOrders"', 'orders_at = "orders"', "[context] says nothing of orders"),
        ("order-sign.toml", 'type = "object"', 'type = "thing"', "[context] is not a JSON Schema"),
    ],
)
def test_faults(release, edit, name, old, new, fault):
    edit(name, old, new)
    faults = check(release).faults
    assert any(fault in line for line in faults), faults


def test_a_row_for_a_rule_to_come_is_a_notice(release, edit):
    edit("exemptions.toml", "[matrix.falls-history]", '[matrix.later]\nX-PALL = "S"\n\n[matrix.falls-history]')
    assert "exemptions.toml: [matrix.later] is of no rule yet" in check(release).notices


@pytest.mark.parametrize(
    "notice",
    [
        "evidence.toml: nothing cites EV-CKDEPI-2021",
        "value_sets/opioids.json: nothing uses it",
        "override_reasons.toml: no rule lists end-of-life",
        "release.toml: nobody has signed this release off",
    ],
)
def test_notices(release, notice):
    assert any(line.startswith(notice) for line in check(release).notices)


def test_a_source_not_verified_must_not_be_cited(release, edit):
    edit("rules/falls_history.toml", "EV-BEERS-2023", "EV-AFP-2002")
    edit("evidence.toml", 'strength = "review"\nverified = "V3"', 'strength = "review"\nverified = "U"')
    assert "falls-history: cites EV-AFP-2002, which is not verified" in check(release).faults
