"""Links that bring a state of the playground back, the same call for a terminal, and the public Sandbox.

A story or a described patient stands in the query, readable. A pasted request may be of a real patient, so it stands,
compressed, in the fragment: browsers never send that to any server, and no log can hold it.
"""

import base64
import json
import shlex
import zlib
from urllib.parse import urlencode

from cds_service.console.playground.inputs import Inputs, Mode, as_pairs

SANDBOX = "https://sandbox.cds-hooks.org/"
LONGEST_LINK = 30_000  # characters; longer ones are cut by mail and chat programs
SANDBOX_SCREENS = {"order-select": "rx-view", "order-sign": "rx-sign"}  # hooks that the Sandbox fires, and where


def query_of(inputs: Inputs) -> str:
    """The query of a link to this state; with JavaScript it also fires again (`run`), at this service only."""
    pairs = as_pairs(inputs)
    if inputs.mode is not Mode.PASTE and not inputs.service:
        pairs.append(("run", "1"))
    return urlencode(pairs)


def fragment_of(inputs: Inputs) -> str | None:
    """The fragment with a pasted request; empty where nothing is pasted, None where it would be too long."""
    if inputs.mode is not Mode.PASTE:
        return ""
    packed = zlib.compress(inputs.request.encode("utf-8", "surrogatepass"), 9)
    text = base64.urlsafe_b64encode(packed).rstrip(b"=").decode()
    return f"request={text}" if len(text) <= LONGEST_LINK else None


def curl_of(url: str, body: bytes, *, with_token: bool) -> str:
    """The same call for a terminal; a token is never written out."""
    lines = ["curl --silent --show-error", "--header 'Content-Type: application/json'"]
    if with_token:
        lines.append('--header "Authorization: Bearer $TOKEN"')
    lines += ["--data-binary " + shlex.quote(_one_line(body)), shlex.quote(url)]
    return " \\\n  ".join(lines)


def sandbox_links(base: str, hooks: tuple[str, ...]) -> dict[str, str]:
    """Hook -> link that opens the CDS Hooks Sandbox on it with this service's discovery URL entered."""
    return {
        hook: SANDBOX + "?" + urlencode({"hook": hook, "screen": screen, "serviceDiscoveryURL": f"{base}/cds-services"})
        for hook, screen in SANDBOX_SCREENS.items()
        if hook in hooks
    }


def _one_line(body: bytes) -> str:
    try:
        return json.dumps(json.loads(body), ensure_ascii=False, separators=(",", ":"))
    except (ValueError, RecursionError):
        return body.decode("utf-8", "replace")
