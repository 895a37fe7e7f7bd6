"""Rules, alternatives and exemptions: each is one stem in two halves, and both halves must be there."""

from pathlib import Path
from typing import Any

import msgspec

from cds_service.content import stem_shapes as shapes
from cds_service.content.files import read
from cds_service.content.halves import function_of, load_half, params_of
from cds_service.content.orders import KINDS, Order, order_of
from cds_service.domain.content import Alternative, Exemptions, Rule, Variant
from cds_service.domain.provenance import Bound

Limits = dict[str, dict[str, Any]]  # table name -> params
UNITS = "units"  # the table of limits.toml that says in what the others are counted


def read_rules(root: Path, sha256: str, faults: list[str]) -> tuple[Rule, ...]:
    """Every rule of `rules/`, in the order of the decision table."""
    rules = []
    for stem in _stems(root / "rules"):
        at = f"rules/{stem}.toml"
        table = read(root / at, root, shapes.RuleFile, faults)
        module = load_half(root / "rules" / f"{stem}.py", root, sha256, faults)
        if table is None or module is None:
            continue
        rules.append(
            table.become(
                Rule,
                variants={name: variant.become(Variant) for name, variant in table.variants.items()},
                bounds={name: bound.become(Bound) for name, bound in table.bounds.items()},
                provenance=table.provenance(),
                logic=module.__doc__ or "",
                params=params_of(module, table.params, at, faults),
                evaluate=function_of(module, "evaluate", at, faults),
            )
        )
    return tuple(sorted(rules, key=lambda rule: (rule.order, rule.id)))


def read_alternatives(root: Path, sha256: str, faults: list[str]) -> dict[str, Alternative]:
    """Every alternative of `alternatives/`, by id."""
    alternatives: dict[str, Alternative] = {}
    limits = _limits(root, faults)
    for stem in _stems(root / "alternatives"):
        at = f"alternatives/{stem}.toml"
        table = read(root / at, root, shapes.AlternativeFile, faults)
        module = load_half(root / "alternatives" / f"{stem}.py", root, sha256, faults)
        if table is None or module is None:
            continue
        if table.id in alternatives:
            faults.append(f"{at}: another alternative has the id {table.id}")
        alternatives[table.id] = table.become(
            Alternative,
            orders=_orders(table, at, faults),
            provenance=table.provenance(),
            units=table.units | _units_of(table, limits),
            logic=module.__doc__ or "",
            params=params_of(module, table.params | _of_limits(table, limits, at, faults), at, faults),
            check=function_of(module, "check", at, faults),
        )
    return alternatives


def _limits(root: Path, faults: list[str]) -> Limits:
    """`limits.toml`: tables of params that several stems share; a release may do without."""
    path = root / "limits.toml"
    return (read(path, root, Limits, faults) if path.exists() else None) or {}


def _of_limits(table: shapes.AlternativeFile, limits: Limits, at: str, faults: list[str]) -> dict[str, Any]:
    """The shared tables a stem names under `limits`, each a param of its name."""
    for name in table.limits:
        if name not in limits:
            faults.append(f"{at}: limits.toml has no [{name}]")
        if name in table.params:
            faults.append(f"{at}: [params] has {name}, which stands in limits.toml")
    return {name: limits[name] for name in table.limits if name in limits and name != UNITS}


def _units_of(table: shapes.AlternativeFile, limits: Limits) -> dict[str, str]:
    """The units of those shared tables, by path."""
    units = limits.get(UNITS, {})
    return {path: str(unit) for path, unit in units.items() if path.partition(".")[0] in table.limits}


def _orders(table: shapes.AlternativeFile, at: str, faults: list[str]) -> dict[str, Order]:
    if table.kind not in KINDS:
        faults.append(f"{at}: kind {table.kind!r} is none of {', '.join(KINDS)}")
        return {}
    orders: dict[str, Order] = {}
    for choice, order in table.orders.items():
        try:
            orders[choice] = order_of(table.kind, order)
        except (msgspec.ValidationError, ValueError) as problem:
            faults.append(f"{at}: [orders.{choice}]: {problem}")
    if not table.orders and KINDS[table.kind] is not None:
        faults.append(f"{at}: an alternative of kind {table.kind!r} needs [orders.default] or others")
    return orders


def read_exemptions(root: Path, sha256: str, faults: list[str]) -> Exemptions | None:
    """`exemptions.toml` with `exemptions.py`; `None` when either is missing or faulty."""
    table = read(root / "exemptions.toml", root, shapes.ExemptionsFile, faults)
    module = load_half(root / "exemptions.py", root, sha256, faults)
    if table is None or module is None:
        return None
    return table.become(
        Exemptions,
        strictest=frozenset(table.strictest),
        params=params_of(module, table.params, "exemptions.toml", faults),
        holding=function_of(module, "holding", "exemptions.toml", faults),
    )


def _stems(folder: Path) -> list[str]:
    paths = [path for path in folder.glob("*") if path.suffix in {".py", ".toml"} and path.stem != "__init__"]
    return sorted({path.stem for path in paths})
