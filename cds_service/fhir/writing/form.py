"""What the file of a FHIR version offers for writing orders."""

from collections.abc import Mapping
from datetime import date
from typing import Any, NamedTuple, Protocol

from cds_service.domain.orders import DrugOrder, Reason, ServiceOrder

Plain = dict[str, Any]


class InvalidError(Exception):
    """The resource is not valid in its version and cannot be made so.

    Args:
        at: path of the element, of names that the version knows and positions only.
        why: what is wrong there, without any content.
    """

    def __init__(self, at: str, why: str) -> None:
        """See the class."""
        super().__init__(f"{at or 'resource'}: {why}")
        self.at = at


class Element(NamedTuple):
    """One element of a structure.

    Attributes:
        many: it is a list. kind: a Python type, the name of a FHIR type, or `None` for JSON that is left as it is.
        codes: what it may be; empty for anything.
    """

    many: bool
    kind: type | str | None
    codes: frozenset[str] = frozenset()


class Around(NamedTuple):
    """What a new order takes from the draft it stands beside.

    Attributes:
        draft: the draft, plain JSON. patient: `Patient/id` of the context. reasons: its stated reasons, as read.
    """

    draft: Mapping[str, Any]
    patient: str
    reasons: tuple[Reason, ...] = ()


class Form(Protocol):
    """How one FHIR version writes orders.

    Attributes:
        NAME: `R4` … ORDER, SERVICE: resource types of its orders for drugs and for services.
        SUBJECT: element that names the patient. BOUND, PERIOD_UNIT: elements of Timing.repeat.
        REQUIRED: elements that an order must have, with what a draft without them is taken to mean.
        NO_REPEATS: what a dispenseRequest without repeats says about them.
        STALE: elements of an order that a change of dose or days makes untrue.
        SAMPLE: a draft with everything that is copied from it, to try the orders of a release at start.
    """

    NAME: str
    ORDER: str
    SERVICE: str
    SUBJECT: str
    BOUND: str
    PERIOD_UNIT: str
    REQUIRED: Mapping[str, str]
    NO_REPEATS: Mapping[str, int]
    STALE: tuple[str, ...]
    SAMPLE: Mapping[str, Any]

    def drug_order(self, order: DrugOrder, authored_on: date, around: Around) -> Plain:
        """A new draft order for a drug."""

    def service_order(self, order: ServiceOrder, authored_on: date, around: Around) -> Plain:
        """A new draft order for a service."""

    def set_dose(self, dosage: Plain, quantity: Plain) -> None:
        """Give a dosage one amount, in place of what it has."""

    def drug_reference(self, draft: Mapping[str, Any]) -> str:
        """The reference to a Medication in a draft, or empty."""

    def set_drug(self, draft: Plain, concept: Plain) -> None:
        """Name the drug by a concept, in place of whatever names it."""

    def add_note(self, draft: Plain, text: str) -> None:
        """Append a note."""

    def tidied(self, value: Mapping[str, Any], kind: str, at: str) -> Mapping[str, Any]:
        """A value of a FHIR type, with what clients are known to write otherwise in its right place.

        Raises:
            InvalidError: there are two of what there may be one.
        """

    def elements(self, kind: str) -> Mapping[str, Element]:
        """The elements of a FHIR type.

        Raises:
            LookupError: the version has no such type.
        """

    def is_strict(self, raw: bytes) -> bool:
        """Whether an order is valid and of the usual elements; false means "look closer"."""

    def judge(self, raw: bytes) -> None:
        """Look closer.

        Raises:
            InvalidError: the order is not valid.
        """
