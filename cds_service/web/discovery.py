"""GET /cds-services: which CDS Services there are. Written once at start; members without a value are left out.

`version` and `hookVersion` belong to drafts of CDS Hooks 3; 2.0.1 leaves no room for them, so they are sent only where
a setting asks for it. Of the two spellings that drafts had for `version` it is the later one, a semantic version.
"""

from collections.abc import Mapping

import msgspec

from cds_service.domain.content import Hook

CDS_HOOKS = "2.0.1"  # what the service conforms to


def discovery(
    hooks: tuple[Hook, ...], prefetch: Mapping[str, Mapping[str, str]], *, with_versions: bool = False
) -> bytes:
    """The discovery document as JSON.

    Args:
        hooks: the services on offer.
        prefetch: service id -> prefetch key -> template.
        with_versions: tell those of CDS Hooks and of the hooks, too.
    """
    listed = [_service(hook, prefetch.get(hook.service_id, {}), with_versions=with_versions) for hook in hooks]
    return msgspec.json.encode({"services": listed})


def _service(hook: Hook, prefetch: Mapping[str, str], *, with_versions: bool) -> dict[str, object]:
    service = {
        "hook": hook.hook,
        "id": hook.service_id,
        "title": hook.title,
        "description": hook.description,
        "prefetch": prefetch,
        "usageRequirements": hook.usage_requirements,
        "version": CDS_HOOKS if with_versions else "",
        "hookVersion": hook.hook_version if with_versions else "",
    }
    return {name: value for name, value in service.items() if value}
