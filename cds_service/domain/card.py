"""Cards as CDS Hooks knows them, free of JSON spelling (`web/wire` writes that) and of FHIR (`fhir` writes that)."""

from dataclasses import dataclass, field

from cds_service.domain.orders import Create, Delete, Proposal, Replace, Update
from cds_service.domain.outcome import Indicator
from cds_service.domain.terminology import Coding


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """One action of a suggestion.

    Attributes:
        proposal: what is to happen, in our terms.
        resource: the FHIR resource as JSON bytes (create, update), written by `fhir/` for the client's version.
    """

    proposal: Proposal
    resource: bytes = b""

    @property
    def type(self) -> str:
        """`create`, `update` or `delete`."""
        match self.proposal:
            case Create():
                return "create"
            case Update() | Replace():
                return "update"
            case Delete():
                return "delete"


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggestion:
    """One thing the prescriber can do with a click; all its actions are applied together, creates first."""

    uuid: str
    label: str
    alternative: str  # id of the alternative in hooks/
    actions: tuple[Action, ...]
    is_recommended: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A link to evidence; absolute, opened in a browser, from the evidence catalogue only."""

    label: str
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Who speaks, and about which rule (`topic`)."""

    label: str
    url: str
    topic: Coding


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """One message of one rule. `summary` is under 140 characters; `detail` is GitHub-flavoured Markdown."""

    uuid: str
    summary: str
    detail: str
    indicator: Indicator
    source: Source
    suggestions: tuple[Suggestion, ...] = ()
    selection_behavior: str = ""  # "at-most-one" or "any"; required beside suggestions
    override_reasons: tuple[Coding, ...] = ()
    links: tuple[Link, ...] = field(default=())
