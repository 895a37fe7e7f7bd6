"""What an order is for: stated on it, inferred from the problem list, or only known beside it.

The classes are value sets of the content release. An order without a reason takes its indication from the active
problems (*inferred*); one that states a reason is for that, whatever else is on the problem list (*recorded*).
"""

from dataclasses import dataclass

from cds_service.domain.basis import problem_basis, reason_basis
from cds_service.domain.facts import Facts, Problem, in_any
from cds_service.domain.orders import Reason
from cds_service.domain.outcome import Basis

REASON = "reason"  # token of a stated reason that leads nowhere


@dataclass(frozen=True, slots=True, kw_only=True)
class Indication:
    """Whether the order, or the patient, has an indication of some classes.

    Attributes:
        value_sets: the classes asked for.
        reasons: reasons of them that the order states. problems: active problems of them.
        no_reason: the order states no reason at all.
        missing: what could not be looked at; an indication that is not `present` then proves nothing.
    """

    value_sets: tuple[str, ...]
    reasons: tuple[Reason, ...]
    problems: tuple[Problem, ...]
    no_reason: bool
    missing: tuple[str, ...] = ()

    @property
    def stated(self) -> bool:
        """The order says so itself."""
        return bool(self.reasons)

    @property
    def inferred(self) -> bool:
        """The order gives no reason, and the problem list holds this one."""
        return self.no_reason and bool(self.problems)

    @property
    def purpose(self) -> bool:
        """It is what the order is for: stated, or inferred."""
        return self.stated or self.inferred

    @property
    def missing_for_purpose(self) -> tuple[str, ...]:
        """What could not be looked at to tell the purpose: an order with a reason needs no problem list for that."""
        return self.missing if self.no_reason else tuple(token for token in self.missing if token == REASON)

    @property
    def present(self) -> bool:
        """Stated, or active on the problem list."""
        return bool(self.reasons or self.problems)

    @property
    def confirmed(self) -> bool:
        """Present in a reason or problem that the record does not call unconfirmed."""
        reasons = any(not reason.unconfirmed for reason in self.reasons)
        return reasons or any(not problem.unconfirmed for problem in self.problems)

    @property
    def basis(self) -> tuple[Basis, ...]:
        """The reasons and problems, for the card."""
        return (
            *(reason_basis(reason, *self.value_sets) for reason in self.reasons),
            *(problem_basis(problem, *self.value_sets) for problem in self.problems),
        )


def indication(facts: Facts, *value_sets: str) -> Indication:
    """Ask the order and the problem list for an indication of any of the value sets."""
    problems = facts.active_problems(*value_sets)
    reasons = facts.order.reasons
    lost = [reason for reason in reasons if not reason.resolved and not reason.classes]
    return Indication(
        value_sets=value_sets,
        reasons=tuple([reason for reason in reasons if in_any(reason.classes, value_sets)]),
        problems=problems.items,
        no_reason=not reasons,
        missing=(*problems.missing, REASON) if lost else problems.missing,
    )
