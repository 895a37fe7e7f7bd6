"""The frame of a release: its hooks, the matrix of exemptions, the reasons to override, its sign-off."""

from collections.abc import Iterator
from pathlib import Path

import jsonschema

from cds_service.content.checks.halves import half_read
from cds_service.domain.content import Content


def faults(root: Path, content: Content) -> Iterator[str]:
    """Hooks that contradict their schema; cells, tokens and names of exemptions that are missing."""
    yield from _hooks(content)
    yield from _exemptions(root, content)


def notices(content: Content) -> Iterator[str]:
    """What is prepared and not used yet, and a release that nobody signed off."""
    given = {code for rule in content.rules for code in rule.override_reasons}
    yield from (
        f"override_reasons.toml: no rule lists {code}" for code in content.override_reasons if code not in given
    )
    ids = {rule.id for rule in content.rules}
    yield from (
        f"exemptions.toml: [matrix.{id_}] is of no rule yet"
        for id_ in content.exemptions.matrix
        if id_.partition("/")[0] not in ids
    )
    if not content.release.reviewers:
        yield f"release.toml: nobody has signed this release off: {content.release.sign_off}"


def _hooks(content: Content) -> Iterator[str]:
    for hook in content.hooks:
        try:
            jsonschema.Draft202012Validator.check_schema(dict(hook.context_schema))
        except jsonschema.SchemaError as problem:
            yield f"{hook.hook}.toml: [context] is not a JSON Schema: {problem.message}"
        members = hook.context_schema.get("properties", {})
        for name in filter(None, (hook.orders_at, hook.selections_at)):
            if name not in members:
                yield f"{hook.hook}.toml: [context] says nothing of {name}"


def _exemptions(root: Path, content: Content) -> Iterator[str]:
    exemptions = content.exemptions
    shown = {rule.id for rule in content.rules}
    yield from (f"exemptions.toml: no [matrix.{id_}]" for id_ in sorted(shown - exemptions.matrix.keys()))
    for id_, row in exemptions.matrix.items():
        for name in exemptions.names:
            if name not in row and id_.partition("/")[0] in shown:
                yield f"exemptions.toml: [matrix.{id_}] does not say what {name} does"
    given = half_read(root / "exemptions.py").exemptions
    for id_ in sorted(given.keys() - exemptions.names.keys()):
        yield f"exemptions.py: gives {id_}, which [names] of exemptions.toml does not have"
    for token in sorted({token for tokens in given.values() for token in tokens} - exemptions.because.keys()):
        yield f"exemptions.toml: [because] has no words for {token}"
