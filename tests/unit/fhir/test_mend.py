"""Mending: what can be read of broken resources, and where the rest was."""

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cds_service.fhir.mend import mended, plain
from cds_service.fhir.shapes import Annotation, CodeableConcept, Resource, many


@pytest.mark.parametrize(
    ("value", "read"),
    [
        ({"subject": [{"reference": "Patient/1"}]}, lambda one: one.subject.reference == "Patient/1"),
        ({"note": {"text": "x"}}, lambda one: many(one.note)[0].text == "x"),
        ({"note": [None, {"text": "x"}]}, lambda one: many(one.note)[0] == Annotation(text="x")),
        ({"status": ["active"]}, lambda one: one.status == "active"),
        ({"authoredOn": None}, lambda one: one.authored_on == ""),
        ({"total": "3"}, lambda one: one.total == 3),
        ({"code": [{"coding": {"code": "1"}}]}, lambda one: many(one.code.coding)[0].code == "1"),
        ({"clinicalStatus": "active"}, lambda one: one.clinical_status == "active"),
        ({"clinicalStatus": {"text": "active"}}, lambda one: one.clinical_status == CodeableConcept(text="active")),
        ({"whatever": {"deep": [1]}}, lambda one: one == Resource()),
    ],
)
def test_nothing_is_lost_by_wrapping_and_unwrapping(value, read):
    resource, unread = mended(value, Resource)
    assert read(resource)
    assert unread == ()


@pytest.mark.parametrize(
    ("value", "places"),
    [
        ({"status": 7}, ("status",)),
        ({"status": ["a", "b"]}, ("status",)),
        ({"doNotPerform": "true"}, ("doNotPerform",)),
        ({"total": "many"}, ("total",)),
        ({"total": True}, ("total",)),
        ({"note": [5, {"text": 6}]}, ("note.0", "note.1.text")),
        (
            {"dosageInstruction": [{"timing": {"repeat": {"frequency": {}}}}]},
            ("dosageInstruction.0.timing.repeat.frequency",),
        ),
    ],
)
def test_what_does_not_fit_is_named_by_its_place(value, places):
    resource, unread = mended(value, Resource)
    assert resource is not None
    assert unread == places


def test_what_is_no_object_at_all():
    assert mended(7, Resource)[0] is None


@pytest.mark.parametrize(
    ("raw", "value"),
    [
        (b'{"v": 1.10}', {"v": Decimal("1.10")}),
        (b'{"v": 5}', {"v": 5}),
        (b'{"v": "\\ud83d\\ude00"}', {"v": "\U0001f600"}),
    ],
)
def test_numbers_stay_as_they_are_written(raw, value):
    assert plain(raw) == value


@pytest.mark.parametrize("number", ["1E+99999999999999999999", "9" * 5000, "0." + "1" * 5000])
def test_absurd_numbers_are_no_number(number):
    assert plain(f'{{"v": {number}}}'.encode())["v"].is_nan()


def test_half_a_surrogate_pair_can_be_written_again():
    assert plain(b'{"\\ud800": ["a\\udfff"]}') == {"\ufffd": ["a\ufffd"]}


def test_no_json_is_an_error():
    with pytest.raises(ValueError, match=r"."):
        plain(b"{")


_JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.decimals(allow_nan=False, allow_infinity=False)
    | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from([*"ab", *Resource.__struct_encode_fields__]), inner, max_size=4)
    ),
    max_leaves=12,
)


@settings(max_examples=300, deadline=None)
@given(st.dictionaries(st.sampled_from(Resource.__struct_encode_fields__), _JSON, max_size=6))
def test_any_object_can_be_mended(value):
    resource, _ = mended(value, Resource)
    assert resource is not None
