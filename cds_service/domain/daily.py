"""The daily dose of the reviewed drug over all its orders that run at the same time.

The reviewed order, the other drafts of its Bundle, and the running orders on record are added up when their days
overlap. Supplies for future seizures never count. A running order that ends soon, or whose end is unknown, may be the
one that this order renews: it is added only to what is *possible*.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from cds_service.domain.course import RunningOrder
from cds_service.domain.facts import Facts, Unavailable
from cds_service.domain.orders import Dose, Form, ReviewedOrder


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """What one order adds: mg in 24 h at most.

    Attributes:
        own: of the reviewed order itself. certain: surely taken together with it. from_text: read from free text.
        steps: how it was reckoned, readable. running: the order on record; `None` for a draft.
    """

    mg: Decimal
    steps: str
    own: bool = False
    from_text: bool = False
    certain: bool = True
    running: RunningOrder | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DailyDose:
    """The daily dose, order by order, the reviewed one first.

    Attributes:
        missing: tokens of what could not be added; the totals are then lower bounds.
    """

    shares: tuple[Share, ...] = ()
    missing: tuple[str, ...] = ()

    @property
    def certain_mg(self) -> Decimal:
        """Taken together for sure."""
        return sum((share.mg for share in self.shares if share.certain), Decimal(0))

    @property
    def certain_coded_mg(self) -> Decimal:
        """The part of that which does not rest on free text."""
        return sum((share.mg for share in self.shares if share.certain and not share.from_text), Decimal(0))

    @property
    def possible_mg(self) -> Decimal:
        """With every order that may be taken beside this one."""
        return sum((share.mg for share in self.shares), Decimal(0))


def daily_dose(facts: Facts, renewal_days: int) -> DailyDose:
    """Add up the orders of the reviewed drug.

    Args:
        facts: of the reviewed order, which is no rescue form.
        renewal_days: a running order that ends within so many days of the new course may be the one it renews.
    """
    starts = facts.order.starts or facts.as_of
    siblings = drafts_beside(facts)
    running = [order for order in facts.running if _runs_beside(order, starts)]
    unlooked = isinstance(facts.medications, Unavailable) or bool(facts.medications.gaps)
    doses = [(order_mg(order), order) for order in (facts.order, *siblings)]
    missing = {
        "dose": doses[0][0] is None,
        "other-dose": any(mg is None for mg, _ in doses[1:]) or any(order.per_day_mg is None for order in running),
        "medications": unlooked,
    }
    limit = starts + timedelta(days=renewal_days)
    shares = [
        Share(mg=mg, steps=order.dose.steps, from_text=order.dose.from_text, own=order is facts.order)
        for mg, order in doses
        if mg is not None and isinstance(order.dose, Dose)
    ]
    shares += [_running_share(order.per_day_mg, order, limit) for order in running if order.per_day_mg is not None]
    return DailyDose(shares=tuple(shares), missing=tuple(token for token, true in missing.items() if true))


def drafts_beside(facts: Facts) -> tuple[ReviewedOrder, ...]:
    """The other drafts of the drug that are to be taken on days of the reviewed one; no supplies for seizures."""
    return tuple(
        order for order in facts.siblings if order.form is not Form.RESCUE and _overlap(order, facts.order, facts.as_of)
    )


def order_mg(order: ReviewedOrder) -> Decimal | None:
    """The most that an order permits in 24 h, in mg; a single dose is the dose of its day."""
    if not isinstance(order.dose, Dose):
        return None
    return order.dose.single_mg if order.dose.per_day_mg is None else order.dose.per_day_mg


def said_mg(value: Decimal) -> str:
    """A number of mg as a card writes it: `40`, `7.5`, `0.12`; never `4E+1`."""
    return f"{value.normalize():f}"


def _running_share(mg: Decimal, order: RunningOrder, limit: date) -> Share:
    certain = order.ends is not None and order.ends > limit
    return Share(mg=mg, steps="", from_text=order.dose_from_text, certain=certain, running=order)


def _runs_beside(order: RunningOrder, starts: date) -> bool:
    return order.oral and not order.replaced and (order.ends is None or order.ends >= starts)


def _overlap(one: ReviewedOrder, other: ReviewedOrder, as_of: date) -> bool:
    first, last = _days(one, as_of)
    other_first, other_last = _days(other, as_of)
    return (other_last is None or first <= other_last) and (last is None or other_first <= last)


def _days(order: ReviewedOrder, as_of: date) -> tuple[date, date | None]:
    first = order.starts or as_of
    days = order.planned.days
    return first, None if days is None else first + timedelta(days=days - 1)
