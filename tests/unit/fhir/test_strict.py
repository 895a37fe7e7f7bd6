"""The strict shapes never accept what the models of `fhir.resources` refuse, and accept what we write."""

import json
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cds_service.fhir.write import FORMS
from cds_service.fhir.writing.form import InvalidError
from cds_service.fhir.writing.valid import checked
from tests.unit.fhir.test_hostile import changed, places
from tests.unit.fhir.test_write import NEW

TEXTS = ["", " ", "\n", "x y", "2026-02-31", "2026-06-15", "2026-06-15T10:00:00", "active", "order", "http://x", "d"]
OBJECTS = [{}, {"x": 1}, {"reference": "a b"}, {"value": "5"}, {"value": 5}, {"text": ""}]
ODD = st.sampled_from([None, True, 0, -1, 1.5, 2**31, 1e300, [], [None], [{}], [{"text": "x"}], *TEXTS, *OBJECTS])


@pytest.mark.parametrize("version", FORMS)
def test_what_we_write_is_found_valid_the_fast_way(version):
    assert FORMS[version].is_strict(json.dumps(NEW[version]).encode())


@pytest.mark.parametrize("version", ["STU3", "R4", "R5"])
@settings(max_examples=250, deadline=None)
@given(pick=st.data())
def test_the_fast_way_is_never_the_laxer_one(version, pick):
    value = NEW[version]
    made = changed(value, pick.draw(st.sampled_from(list(places(value))[1:])), pick.draw(ODD))
    raw = json.dumps(made).encode()
    if FORMS[version].is_strict(raw):
        FORMS[version].judge(raw)


@pytest.mark.parametrize("version", FORMS)
@settings(max_examples=150, deadline=None)
@given(pick=st.data())
def test_whatever_stands_in_an_order_it_is_written_valid_or_refused(version, pick):
    form, value = FORMS[version], NEW[version]
    inside = [at for at in places(value) if at not in {(), ("resourceType",)}]
    made = changed(value, pick.draw(st.sampled_from(inside)), pick.draw(ODD))
    with suppress(InvalidError):
        form.judge(checked(made, form))
