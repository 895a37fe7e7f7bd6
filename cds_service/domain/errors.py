"""Everything that can go wrong, as one tree; `web/problems` turns each into a status and an OperationOutcome.

::

    ServiceError
      ├─ RequestRefused      the caller's mistake: 4xx, says what and how to mend it
      │    ├─ NotUnderstood       400  not one parsable JSON object
      │    ├─ NotConformant       422  parsable, but not what CDS Hooks asks for
      │    ├─ TooLarge            413
      │    ├─ UnsupportedMedia    415
      │    └─ UnknownService      404
      ├─ NotAuthenticated    401  no valid token of a registered client; the answer does not say why
      │    └─ TokenReplayed       401  the token was used before
      ├─ DataMissing         412  needed patient data can be had neither from prefetch nor from the FHIR server
      ├─ AllRulesFailed      500  no rule could be run: silence would read as "safe"
      ├─ AnswerBroken        500  a card of ours is not one of CDS Hooks
      ├─ ContentBroken            the content release is incomplete or inconsistent: refuse to start
      ├─ SettingsBroken           a setting cannot be used: refuse to start
      ├─ Overloaded          503  more calls than can be answered in time
      └─ LedgerUnavailable   503  the decision could not be committed

Messages are read by people who may not see patient data: they never contain values from a request.
"""


class ServiceError(Exception):
    """Root of all errors the service raises on purpose."""


class RequestRefused(ServiceError):
    """The request cannot be accepted as it is.

    Args:
        message: what is wrong and what to send instead; no value from the request.
        at: JSON path of the fault, `context.patientId` say.
    """

    def __init__(self, message: str, at: str = "") -> None:
        """See the class."""
        super().__init__(message)
        self.at = at


class NotUnderstood(RequestRefused):
    """The body is not one JSON object."""


class NotConformant(RequestRefused):
    """The body is JSON, but not a conformant CDS Hooks request."""


class TooLarge(RequestRefused):
    """The body is larger than the limit."""


class UnsupportedMedia(RequestRefused):
    """The body is not JSON, or is encoded."""


class UnknownService(RequestRefused):
    """No CDS Service has this id."""


class NotAuthenticated(ServiceError):
    """The caller is not known: no token, or one that is not right. Why is in the log, not in the answer."""


class TokenReplayed(NotAuthenticated):
    """The token was used before."""


class DataMissing(ServiceError):
    """Data without which nothing can be said were not to be had; `what` names the prefetch keys."""

    def __init__(self, message: str, what: tuple[str, ...]) -> None:
        """See the class."""
        super().__init__(message)
        self.what = what


class AllRulesFailed(ServiceError):
    """Every rule broke on this request."""


class AnswerBroken(ServiceError):
    """A card that was about to leave breaks an invariant of CDS Hooks."""


class ContentBroken(ServiceError):
    """The content release cannot be used; `faults` lists every fault found, one line each."""

    def __init__(self, faults: tuple[str, ...]) -> None:
        """See the class."""
        super().__init__("The content release cannot be used:\n" + "\n".join(f"- {fault}" for fault in faults))
        self.faults = faults


class SettingsBroken(ServiceError):
    """A setting is unusable; the message names it and says what it should be."""


class Overloaded(ServiceError):
    """More calls came than can be answered in time."""


class LedgerUnavailable(ServiceError):
    """The decision could not be committed to the ledger."""
