"""The stories of `fhir_fixtures/` through reading and rules, without HTTP: what the medicine makes of each."""

import json
from datetime import UTC, date, datetime
from functools import cache
from itertools import count
from uuid import UUID
from zoneinfo import ZoneInfo

from cds_service.domain.request import HookRequest
from cds_service.engine.assess import assess
from cds_service.engine.present import present
from cds_service.engine.recommend import recommend
from cds_service.fhir.gather import make_gather
from fhir_fixtures.build import HOOKS, R4
from tests.spec.release import content

TODAY = date(2026, 6, 15)


def nothing_to_fetch(access, queries):
    raise AssertionError("a story is complete in its prefetch")


@cache
def gather():
    return make_gather(content(), nothing_to_fetch, ZoneInfo("Pacific/Auckland"), lambda: TODAY)


def request_of(story, hook):
    """The hook request of a story as the web room hands it on."""
    sent = json.loads((R4 / story / f"{hook}.json").read_text(encoding="utf-8"))
    context = sent["context"]
    selections = context.get("selections")
    return HookRequest(
        received_at=datetime(2026, 6, 15, 1, tzinfo=UTC),
        hook=hook,
        service_id=f"diazepam-{hook}",
        hook_instance=sent["hookInstance"],
        user=context["userId"],
        patient_id=context["patientId"],
        encounter_id=context.get("encounterId", ""),
        drafts=json.dumps(context[HOOKS[hook]]).encode(),
        selections=None if selections is None else tuple(selections),
        prefetch=json.dumps(sent["prefetch"]).encode(),
    )


@cache
def told(story, hook="order-sign"):
    """(assessments, cards) of a story on a hook."""
    numbers = count(1)

    def new_uuid():
        return UUID(int=next(numbers), version=4)

    gathered = gather()(request_of(story, hook))
    assessments, advice = recommend(tuple(assess(facts, content()) for facts in gathered.facts), content(), new_uuid)
    return assessments, present(assessments, advice, gathered.incomplete, content(), new_uuid)


def raised(story, hook="order-sign"):
    """Topics of the cards, in their order."""
    return [card.source.topic.code for card in told(story, hook)[1]]


def offered(story, hook="order-sign"):
    """Alternatives that the cards suggest, in their order."""
    return [one.alternative for card in told(story, hook)[1] for one in card.suggestions]
