"""Which content was in use when: a record each time the service starts with another release, or as another version.

It holds the versions of all rules, alternatives and value sets, and how each source was verified, so that a decision
need only name the release: these are the versions it was made with, also where a rule was silent.
"""

from datetime import datetime

from cds_service.domain.content import Content
from cds_service.domain.decision import ReleaseUsed


def release_used(content: Content, at: datetime, software_version: str, after: str) -> ReleaseUsed:
    """The record that a content release came into use.

    Args:
        content: the release.
        at: since when, UTC.
        software_version: of this service.
        after: where the record of the release before stands: so that workers that start together make one record,
            and going back to an older release makes another.
    """
    release = content.release
    return ReleaseUsed(
        id=f"{release.sha256[:16]}-{software_version}-{after}",
        at=at,
        version=release.version,
        date=release.date,
        sha256=release.sha256,
        reviewers=release.reviewers,
        sign_off=release.sign_off,
        software_version=software_version,
        rules={rule.id: rule.version for rule in content.rules},
        alternatives={alternative.id: alternative.version for alternative in content.alternatives.values()},
        evidence={evidence.id: evidence.verified for evidence in content.evidence.values()},
        value_sets=dict(content.value_sets),
    )
