"""Every requirement of README.md is pinned to a test, every pin is a requirement, and the matrix shows it."""

from tests.contract.matrix import BEGIN, END, README, pinned, pins, stated, table


def ids():
    return [one for one, _ in stated()]


def test_each_stands_once():
    assert len(ids()) == len(set(ids())) > 150


def test_each_has_a_test():
    assert set(ids()) - set(pinned()) == set()


def test_each_pin_is_stated():
    """Other documents may state more, under prefixes of their own."""
    prefixes = {one.partition("-")[0] for one in ids()}
    assert {pin for pin in pinned() if pin.partition("-")[0] in prefixes} - set(ids()) == set()


def test_the_matrix_is_fresh():
    shown = README.read_text(encoding="utf-8").partition(BEGIN)[2].partition(END)[0].strip()
    assert shown == table(), "write it anew: python -m tests.contract.matrix"


def test_pins_are_found():
    assert list(pins('@pytest.mark.requirement("A-1", "B-2")\ndef test_x(): ...')) == [
        ("test_x", "A-1"),
        ("test_x", "B-2"),
    ]
