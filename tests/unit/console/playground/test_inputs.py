"""What a form or a link may hold, and the links that bring it back."""

import base64
import shlex
import zlib
from urllib.parse import parse_qsl, urlsplit

import pytest
from werkzeug.datastructures import MultiDict

from cds_service.console.playground.inputs import Inputs, Mode, as_pairs, read_inputs
from cds_service.console.playground.links import LONGEST_LINK, curl_of, fragment_of, query_of, sandbox_links

PATIENT = Inputs(
    mode=Mode.PATIENT,
    age="78",
    gender="female",
    product="rxnorm:1",
    dose="2.5",
    times="3",
    days="30",
    taken="90",
    as_needed="yes",
    reason="snomed:1",
    problems=("snomed:1", "snomed:2"),
    drugs=("rxnorm:2",),
    omitted=("labs",),
    measured={"some-set": "22"},
    hook="order-select",
    version="R5",
    encounter="IMP",
)
STORY = Inputs(mode=Mode.STORY, story="a-story", hook="order-sign", version="DSTU2")


@pytest.mark.parametrize("inputs", [PATIENT, STORY, Inputs()])
def test_a_link_brings_the_state_back(inputs):
    assert read_inputs(MultiDict(parse_qsl(query_of(inputs)))) == inputs
    assert query_of(inputs).endswith("run=1")


def test_a_pasted_request_is_in_no_query():
    inputs = Inputs(mode=Mode.PASTE, request='{"patient": "Canary"}', token="Canary-token")
    assert query_of(inputs) == "mode=paste"
    packed = fragment_of(inputs).removeprefix("request=")
    assert zlib.decompress(base64.urlsafe_b64decode(packed + "==")).decode() == inputs.request
    assert "Canary" not in packed


def test_a_token_is_in_no_link():
    assert all("Canary" not in value for _, value in as_pairs(Inputs(token="Canary", service="https://x.example")))


def test_another_service_is_not_fired_at_by_a_link():
    assert "run" not in query_of(Inputs(service="https://x.example"))


def test_a_link_is_bounded():
    import random

    noise = "".join(chr(random.Random(1).randrange(32, 120)) for _ in range(3))
    noise = (
        "".join(random.Random(seed).choice("abcdefghijklmnopqrstuvwxyz0123456789") for seed in range(90_000)) + noise
    )
    assert fragment_of(Inputs(mode=Mode.PASTE, request=noise)) is None
    assert len(fragment_of(Inputs(mode=Mode.PASTE, request="a" * 900_000))) < LONGEST_LINK
    assert fragment_of(STORY) == ""


def test_unknown_and_endless_fields():
    endless = [("problems", "x")] * 999 + [(f"measured-{number}", "1") for number in range(999)]
    inputs = read_inputs(MultiDict([("mode", "<x>"), ("age", "7" * 9_999), ("nope", "x"), *endless]))
    assert inputs.mode is Mode.STORY
    assert len(inputs.age) == 4_000
    assert (len(inputs.problems), len(inputs.measured)) == (50, 50)


def test_curl_cannot_break_out_of_its_quotes():
    command = curl_of("https://x.example/a'b", b'{"a": "\'; rm -rf / #"}', with_token=True)
    words = shlex.split(command.replace("\\\n", ""))
    assert words[0] == "curl"
    assert words[-1] == "https://x.example/a'b"
    assert words[words.index("--data-binary") + 1] == '{"a":"\'; rm -rf / #"}'
    assert "Authorization: Bearer $TOKEN" in words
    assert "TOKEN" not in curl_of("u", b"not json", with_token=False)


def test_the_sandbox_opens_on_this_service():
    links = sandbox_links("https://cds.example.org", ("order-sign", "medication-prescribe"))
    assert list(links) == ["order-sign"]
    parts = urlsplit(links["order-sign"])
    assert parts.netloc == "sandbox.cds-hooks.org"
    assert dict(parse_qsl(parts.query)) == {
        "hook": "order-sign",
        "screen": "rx-sign",
        "serviceDiscoveryURL": "https://cds.example.org/cds-services",
    }
