"""Thresholds, indicators and shadow flags that a site or a client chooses, within the bounds of each rule's file.

    tuned(content, {"prolonged-duration": Tuning(indicators={"months": "warning"})}, name="client-a", faults=faults)

gives the content this client is answered from. It has an identity of its own, so that a recorded decision tells under
which choices it was made, and a replay that is given the same choices can be compared with it.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

from cds_service.domain.content import Content, Release, Rule, Variant
from cds_service.domain.outcome import Indicator
from cds_service.domain.provenance import Bound, Layer, Number, Tuning


def tuned(content: Content, tunings: Mapping[str, Tuning], *, name: str, faults: list[str]) -> Content:
    """The content with the choices made; the content itself where none is.

    Args:
        content: a release, perhaps with an overlay upon it.
        tunings: rule id -> what is chosen for it.
        name: who chooses; letters, digits and hyphens. It becomes part of the version.
        faults: the list to add to: a rule, threshold or indicator that cannot be chosen. The content is then unusable.
    """
    chosen = {id_: tuning for id_, tuning in tunings.items() if tuning != Tuning()}
    unknown = sorted(chosen.keys() - {rule.id for rule in content.rules})
    faults += [f"rule {id_}: there is no such rule" for id_ in unknown]
    if not chosen:
        return content
    rules = tuple(tuned_rule(rule, chosen[rule.id], faults) if rule.id in chosen else rule for rule in content.rules)
    digest = hashlib.sha256(_canonical(chosen)).hexdigest()
    layer = Layer(kind="tuning", name=name, version=digest[:8], sha256=digest)
    return replace(content, rules=rules, release=layered(content.release, layer))


def tuned_rule(rule: Rule, tuning: Tuning, faults: list[str]) -> Rule:
    """One rule with the choices made for it; see `tuned`."""
    found = [*_param_faults(rule, tuning.params), *_indicator_faults(rule, tuning.indicators)]
    faults += [f"rule {rule.id}: {fault}" for fault in found]
    if found:
        return rule
    variants: dict[str, Variant] = {
        name: replace(variant, indicator=Indicator(tuning.indicators.get(name, variant.indicator)))
        for name, variant in rule.variants.items()
    }
    return replace(
        rule,
        params=replace(rule.params, **_typed(rule.params, tuning.params)) if tuning.params else rule.params,
        variants=variants,
        shadow=rule.shadow if tuning.shadow is None else tuning.shadow,
    )


def layered(release: Release, layer: Layer) -> Release:
    """The identity of a release with one more layer upon it: `0.1.0` becomes `0.1.0+name.version`."""
    joint = "." if "+" in release.version else "+"
    return replace(
        release,
        version=f"{release.version}{joint}{layer.name}.{layer.version}",
        sha256=layered_sha256(release.sha256, layer.sha256),
        layers=(*release.layers, layer),
    )


def layered_sha256(release: str, layer: str) -> str:
    """The hash of a release with one more layer upon it, of both hashes."""
    return hashlib.sha256(f"{release}\0{layer}".encode()).hexdigest()


def within(bound: Bound) -> str:
    """A bound in words."""
    return f"{bound.least} to {bound.most}"


def _param_faults(rule: Rule, params: Mapping[str, Number]) -> Iterator[str]:
    for name, value in params.items():
        bound = rule.bounds.get(name)
        if bound is None:
            settable = ", ".join(sorted(rule.bounds)) or "none"
            yield f"the threshold {name} cannot be set; those with [bounds] can: {settable}"
        elif isinstance(value, bool) or not isinstance(value, int | Decimal):
            yield f"the threshold {name} must be a number"
        elif isinstance(getattr(rule.params, name), int) and not isinstance(value, int):
            yield f"the threshold {name} must be a whole number"
        elif not bound.holds(value):
            yield f"the threshold {name} may be {within(bound)}, not {value}"


def _indicator_faults(rule: Rule, indicators: Mapping[str, str]) -> Iterator[str]:
    for name, value in indicators.items():
        variant = rule.variants.get(name)
        if variant is None:
            yield f"there is no variant {name}; there are {', '.join(rule.variants)}"
            continue
        choices = (variant.indicator, *variant.may_be)
        if value not in choices:
            yield f"the indicator of variant {name} may be {' or '.join(choices)}, not {value}"


def _typed(params: Any, chosen: Mapping[str, Number]) -> dict[str, Number]:  # noqa: ANN401 - each rule has its own Params
    return {
        name: Decimal(value) if isinstance(getattr(params, name), Decimal) else value for name, value in chosen.items()
    }


def _canonical(tunings: Mapping[str, Tuning]) -> bytes:
    """The choices as bytes that do not depend on the order in which they were written."""
    table = {
        id_: {
            "params": {name: str(value) for name, value in tuning.params.items()},
            "indicators": {name: str(value) for name, value in tuning.indicators.items()},
            "shadow": tuning.shadow,
        }
        for id_, tuning in tunings.items()
    }
    return json.dumps(table, sort_keys=True, separators=(",", ":")).encode()
