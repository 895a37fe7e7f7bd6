"""Cards -> JSON: camelCase, nothing empty, resources byte for byte."""

import json
from dataclasses import replace

from cds_service.web.wire import answer_of
from tests.unit.web.test_invariants import card, create, delete, suggestion, update


def test_a_full_card():
    full = card(suggestions=(suggestion(create(), update(), delete(), is_recommended=True),))
    (written,) = json.loads(answer_of((full,)))["cards"]
    assert written == {
        "uuid": full.uuid,
        "summary": "Summary",
        "detail": "Detail",
        "indicator": "warning",
        "source": {
            "label": "Source",
            "url": "https://x.example",
            "topic": {"code": "rule-1", "system": "s", "display": "d"},
        },
        "suggestions": [
            {
                "label": "Do it",
                "uuid": full.suggestions[0].uuid,
                "isRecommended": True,
                "actions": [
                    {"type": "create", "description": "Order it", "resource": json.loads(create().resource)},
                    {"type": "update", "description": "Shorten it", "resource": json.loads(update().resource)},
                    {"type": "delete", "description": "Take it out", "resourceId": "MedicationRequest/1"},
                ],
            }
        ],
        "selectionBehavior": "any",
        "overrideReasons": [{"code": "c", "system": "s", "display": "d"}],
        "links": [{"label": "Link", "url": "https://x.example/a?b#c", "type": "absolute"}],
    }


def test_a_bare_card():
    bare = card(
        detail="",
        suggestions=(),
        selection_behavior="",
        override_reasons=(),
        links=(),
        source=replace(card().source, url=""),
    )
    (written,) = json.loads(answer_of((bare,)))["cards"]
    assert written.keys() == {"uuid", "summary", "indicator", "source"}
    assert "url" not in written["source"]


def test_no_cards():
    assert answer_of(()) == b'{"cards":[]}'


def test_resources_are_not_written_anew():
    spaced = replace(create(), resource=b'{ "resourceType" :"X",  "value": 1.50 }')
    assert spaced.resource in answer_of((card(suggestions=(suggestion(spaced),)),))
