"""A ledger of real decisions: the stories, fired at the service; and its commands, as an auditor types them."""

import functools
import itertools
from datetime import UTC, datetime
from uuid import UUID

from click.testing import CliRunner

from cds_service.app import LEDGER, contents_of, create_app, fit_of, sources
from cds_service.ledger.commands import Tools
from cds_service.ledger.extracts import commands
from cds_service.settings import Settings
from tests.contract.calls import STORIES, fire, story

NOW = datetime(2026, 6, 15, 21, 30, tzinfo=UTC)
contents = functools.cache(contents_of)  # loading a release takes seconds
AUDITED = datetime(2026, 7, 1, tzinfo=UTC)


_accesses = itertools.count(4711)


def fired(url, folder, stories=STORIES, hooks=("order-sign",)):
    """Fire stories at a service with this database; the cards that were sent, by story and hook."""
    numbers = itertools.count(1)
    app = create_app(
        Settings(
            database_url=url, pseudonym_key_file=folder / "pseudonym.key", signing_key_file=folder / "signing.key"
        ),
        clock=lambda: NOW,
        new_uuid=lambda: UUID(int=next(numbers), version=4),
    )
    try:
        client = app.test_client()
        sent = {(name, hook): fire(client, story(name, hook), hook).json["cards"] for name in stories for hook in hooks}
        _feedback(client, sent)
    finally:
        app.extensions[LEDGER].close()
    return sent


def _feedback(client, sent):
    """The first card of every answer is overridden, the second accepted where there is something to accept."""
    for (_, hook), cards in sent.items():
        for card, outcome in zip(cards, ("overridden", "accepted"), strict=False):
            item = {"card": card["uuid"], "outcome": outcome, "outcomeTimestamp": "2026-06-15T21:31:00Z"}
            if outcome == "overridden":
                reasons = card.get("overrideReasons")
                item["overrideReason"] = {"reason": reasons[0]} if reasons else {"userComment": "no"}
            elif card.get("suggestions"):
                item["acceptedSuggestions"] = [{"id": card["suggestions"][0]["uuid"]}]
            else:
                continue
            answer = client.post(f"/cds-services/diazepam-{hook}/feedback", json={"feedback": [item]})
            assert answer.status_code == 200, answer.json


def runner(url, folder, monkeypatch):
    """A function that runs `cds-service ledger …` on a ledger."""
    monkeypatch.setenv("CDS_DATABASE_URL", url)
    monkeypatch.setenv("CDS_SIGNING_KEY_FILE", str(folder / "signing.key"))
    tools = Tools(
        clock=lambda: AUDITED,
        new_uuid=lambda: UUID(int=next(_accesses)),
        contents=contents,
        fit_of=fit_of,
        sources=sources,
    )
    return lambda *words: CliRunner().invoke(commands.ledger, [str(word) for word in words], obj=tools)
