"""The body before its meaning: bounds, strictness, depth."""

import io
import json

import pytest
from flask import Request
from hypothesis import given
from hypothesis import strategies as st

from cds_service.domain.errors import NotUnderstood, TooLarge, UnsupportedMedia
from cds_service.web.body import check_strict, joined, members, read_body, too_deep


def read(body, most=100, *, media="application/json", **environ):
    """What is read of a body that comes in pieces; without CONTENT_LENGTH nobody said how long it is."""
    environ = {"REQUEST_METHOD": "POST", "CONTENT_TYPE": media, "wsgi.input": Trickle(body), **environ}
    return read_body(Request(environ), most)


def announced(body, most=100, length=None, **more):
    return read(body, most, CONTENT_LENGTH=str(len(body) if length is None else length), **more)


def chunked(body, most=100):
    return read(body, most, **{"HTTP_TRANSFER_ENCODING": "chunked", "wsgi.input_terminated": True})


class Trickle(io.RawIOBase):
    """A body that comes in small pieces."""

    def __init__(self, body):
        self._left = io.BytesIO(body)

    def read(self, size=-1):
        return self._left.read(min(size, 7) if size >= 0 else 7)


@pytest.mark.parametrize(("length", "taken"), [(100, True), (101, False), (100_000, False)])
def test_a_chunked_body_is_bounded_and_never_cut(length, taken):
    body = b"x" * length
    if taken:
        assert chunked(body) == body
    else:
        with pytest.raises(TooLarge):
            chunked(body)


@pytest.mark.parametrize(("length", "taken"), [(100, True), (101, False)])
def test_an_announced_length_is_bounded(length, taken):
    body = b"x" * length
    if taken:
        assert announced(body) == body
    else:
        with pytest.raises(TooLarge):
            announced(body)


def test_no_more_is_read_than_was_announced():
    assert announced(b"abcdef", length=3) == b"abc"


@pytest.mark.parametrize("length", ["", "x", "-1"])
def test_without_a_length_nothing_is_read_from_a_stream_that_may_never_end(length):
    assert announced(b"abc", length=length) == b""
    assert read(b"abc") == b""


@pytest.mark.parametrize("media", ["text/plain", "application/xml", "application/jsonx", "application/x-json", "json"])
def test_other_media(media):
    with pytest.raises(UnsupportedMedia):
        announced(b"{}", media=media)


@pytest.mark.parametrize("media", ["application/json", "APPLICATION/JSON;charset=x", "application/fhir+json", ""])
def test_json_media(media):
    assert announced(b"{}", media=media) == b"{}"


def test_members_stay_raw():
    assert members(b' {"a" : [1, 2] , "b":null} ') == {"a": b"[1, 2]", "b": b"null"}


@pytest.mark.parametrize("body", [b'{"a":1,"a":2}', b'{"a":1,"\\u0061":2}', b'{"":1,"":1}'])
def test_a_member_that_stands_twice(body):
    with pytest.raises(NotUnderstood, match="two members"):
        members(body)


@pytest.mark.parametrize("inside", [b'{"x":{"a":1,"a":2}}', b'[{"a":1,"a":2}]', b'{"x":"\\ud800","a":{"b":1,"b":1}}'])
def test_a_member_that_stands_twice_inside(inside):
    with pytest.raises(NotUnderstood, match="two members") as caught:
        check_strict("context", inside, 64)
    assert caught.value.at == "context"


@pytest.mark.parametrize(
    "inside", [b'{"x":{"a":1},"y":{"a":1}}', b'["a","a"]', b'{"n":' + b"9" * 5_000 + b"}", b'"\\ud800"']
)
def test_what_does_not_stand_twice(inside):
    check_strict("context", inside, 64)


NESTED = st.recursive(
    st.one_of(st.integers(), st.text(alphabet='ab"\\[]{}'), st.none()),
    lambda inner: st.one_of(
        st.lists(inner, max_size=4), st.dictionaries(st.text(alphabet='ab"\\[]{}'), inner, max_size=4)
    ),
    max_leaves=30,
)


def depth_of(value):
    if isinstance(value, dict | list):
        inside = value.values() if isinstance(value, dict) else value
        return 1 + max(map(depth_of, inside), default=0)
    return 0


@given(NESTED, st.integers(min_value=0, max_value=12))
def test_depth_is_exact(value, most):
    assert too_deep(json.dumps(value).encode(), most) is (depth_of(value) > most)


@pytest.mark.parametrize(("depth", "deep"), [(64, False), (65, True), (500_000, True)])
def test_depth_without_recursion(depth, deep):
    assert too_deep(b"[" * depth + b"]" * depth, 64) is deep


def test_joined_is_the_object_again():
    found = members(b'{"a": 1, "b": {"c": 2}, "d": 3}')
    assert json.loads(joined(found, ("b", "d", "nowhere"))) == {"b": {"c": 2}, "d": 3}
