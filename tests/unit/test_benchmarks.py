"""What is measured is what it says: the large call is large, and both are answered."""

import json

from benchmarks.bodies import RESOURCES, large, small


def test_the_bodies_are_hook_calls():
    assert len(small()) < 8_000
    assert 400_000 < len(large()) < 700_000
    assert json.loads(small())["context"] == json.loads(large())["context"]


def test_the_large_one_has_as_many_resources_as_it_says():
    def count(body):
        return sum(len(value.get("entry", ())) for value in json.loads(body)["prefetch"].values())

    assert count(large()) - count(small()) == RESOURCES
