"""A recorded decision made once more: the facts it was made from, a content release, and nothing from outside.

What the EHR sent is not kept, so the resources of actions are not written anew; all the words are.
"""

from collections.abc import Callable
from dataclasses import replace
from itertools import count
from uuid import UUID

from cds_service.domain.card import Card
from cds_service.domain.content import Content
from cds_service.domain.decision import Decision
from cds_service.engine.assess import assess
from cds_service.engine.present import patient_unknown, present
from cds_service.engine.recommend import recommend

Fit = Callable[[tuple[Card, ...]], tuple[Card, ...]]
ANSWERED = 200


def replay(decision: Decision, content: Content, fit: Fit) -> Decision:
    """The decision as this content makes it, with ids of cards that are numbers.

    Args:
        decision: one that was answered (status 200): what failed outside the rules cannot be made again.
        content: any release.
        fit: cards -> what the decision's client can use.
    """
    numbers = count(1)

    def new_uuid() -> UUID:
        return UUID(int=next(numbers))

    assessments = tuple(assess(one.facts, content) for one in decision.assessments)
    if decision.cards and not assessments:  # no order was reviewed, and yet a card was shown: of the missing patient
        return replace(decision, cards=fit(patient_unknown(content, new_uuid)), mode="replay")
    cards: tuple[Card, ...] = ()
    if not any(one.every_rule_failed for one in assessments):
        assessments, advice = recommend(assessments, content, new_uuid)
        cards = fit(present(assessments, advice, decision.incomplete, content, new_uuid))
    return replace(decision, assessments=assessments, cards=cards, mode="replay")
