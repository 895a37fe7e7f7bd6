"""Every story raises the cards it says, offers what it says, and together they show the whole medicine."""

import re

import pytest

from fhir_fixtures.build import HOOKS, STORIES, stories
from tests.spec.release import content
from tests.spec.stories import offered, raised, told

STORY = stories()
README = (STORIES.parent / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", STORY)
def test_a_story_raises_the_cards_it_says(name):
    assert raised(name) == STORY[name]["raises"]


@pytest.mark.parametrize("name", STORY)
def test_a_story_offers_what_it_says(name):
    assert offered(name) == STORY[name]["offers"]


@pytest.mark.parametrize("name", STORY)
def test_every_hook_gives_the_same_cards(name):
    spoken = {hook: [(card.summary, card.detail) for card in told(name, hook)[1]] for hook in HOOKS}
    assert spoken["medication-prescribe"] == spoken["order-select"] == spoken["order-sign"]


def test_every_rule_speaks_in_a_story():
    assert {topic for story in STORY.values() for topic in story["raises"]} == {rule.id for rule in content().rules}


def test_every_alternative_is_offered_in_a_story():
    assert {offer for story in STORY.values() for offer in story["offers"]} == set(content().alternatives)


def test_the_table_of_the_readme_says_what_the_stories_say():
    rows = dict(re.findall(r"^\| `([a-z0-9-]+)` \| (.*) \|$", README, flags=re.MULTILINE))
    assert rows == {
        name: f"{story['title']} | {story['kind']} | {', '.join(story['raises']) or 'nothing'}"
        for name, story in STORY.items()
    }
