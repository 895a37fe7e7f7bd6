"""GET /cds-services: which CDS Services there are. Written once at start; members without a value are left out.

Neither `version` nor `hookVersion` is sent: they belong to CDS Hooks 3, and 2.0.1 leaves no room for them.
"""

from collections.abc import Mapping

import msgspec

from cds_service.domain.content import Hook


def discovery(hooks: tuple[Hook, ...], prefetch: Mapping[str, Mapping[str, str]]) -> bytes:
    """The discovery document as JSON.

    Args:
        hooks: the services on offer.
        prefetch: service id -> prefetch key -> template.
    """
    return msgspec.json.encode({"services": [_service(hook, prefetch.get(hook.service_id, {})) for hook in hooks]})


def _service(hook: Hook, prefetch: Mapping[str, str]) -> dict[str, object]:
    service = {
        "hook": hook.hook,
        "id": hook.service_id,
        "title": hook.title,
        "description": hook.description,
        "prefetch": prefetch,
        "usageRequirements": hook.usage_requirements,
    }
    return {name: value for name, value in service.items() if value}
