"""Who answers for a piece of content, how it came to be, what it makes use of, and what a site may change of it.

The source attributes are the thirteen that 45 CFR 170.315(b)(11)(iv)(A) asks of evidence-based decision support.
The attributes of predictive support (same paragraph, B) do not apply: nothing here is learned from records of patients.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import date
from decimal import Decimal

Number = int | Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One entry of a file's history: what changed with this version, and why."""

    version: str
    date: date
    what: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Uses:
    """What a rule makes use of, of the data that (b)(11)(iv)(A)(5) to (13) name: how, or empty where it does not.

    Attributes:
        sex: `Patient.gender`, administrative. date_of_birth: `Patient.birthDate`, as age on the order date.
    """

    race: str = ""
    ethnicity: str = ""
    language: str = ""
    sexual_orientation: str = ""
    gender_identity: str = ""
    sex: str = ""
    date_of_birth: str = ""
    social_determinants_of_health: str = ""
    health_status_assessments: str = ""


USES = tuple(one.name for one in fields(Uses))


@dataclass(frozen=True, slots=True, kw_only=True)
class Origins:
    """The source attributes that are the same for every rule of a release.

    Attributes:
        unused: how it is said that a kind of data is not used.
    """

    developer: str = ""
    funding_source: str = ""
    unused: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Provenance:
    """Who answers for one rule or alternative, and its history, newest version first.

    Attributes:
        owner: a role, not a person.
        reviewed: the day a clinician last reviewed it; `None` when nobody has.
        next_review: the day by which it is to be reviewed (again).
    """

    owner: str = ""
    reviewed: date | None = None
    next_review: date | None = None
    history: tuple[Change, ...] = ()
    uses: Uses = field(default_factory=Uses)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bound:
    """How far a site or a client may move a threshold; both ends are allowed."""

    least: Number
    most: Number

    def holds(self, value: Number) -> bool:
        """Whether a value may be chosen."""
        return self.least <= value <= self.most


@dataclass(frozen=True, slots=True, kw_only=True)
class Tuning:
    """What a site or a client chooses for one rule, within what the rule's file allows.

    Attributes:
        params: threshold -> value. indicators: variant -> indicator value.
        shadow: evaluate and record the rule, but show nothing of it; `None` leaves that as it is.
    """

    params: Mapping[str, Number] = field(default_factory=dict)
    indicators: Mapping[str, str] = field(default_factory=dict)
    shadow: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Layer:
    """What a site laid over a release (`overlay`), or a client chose of it (`tuning`)."""

    kind: str
    name: str
    version: str
    sha256: str
