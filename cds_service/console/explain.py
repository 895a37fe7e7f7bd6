"""`cds-service explain`: a hook call evaluated here and now, and the whole reasoning printed; nothing is recorded.

Ids of resources come from the request, so they are printed as plain text; every other word is the release's own.
"""

import json
from collections.abc import Callable, Iterable

from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from cds_service.console.render import COLOURS
from cds_service.console.stories import TargetUnusableError, hook_request
from cds_service.console.untrusted import plain
from cds_service.domain.trace import AlternativeTrace, FactLine, OrderTrace, RuleTrace, SectionTrace, State

OK, USAGE = 0, 2
STYLES = {
    State.SPEAKS: "bold",
    State.SILENT: "dim",
    State.CANNOT_TELL: "magenta",
    State.FAILED: "bold red",
    State.OFFERED: "green",
    State.FIT: "",
    State.WORTH_CONSIDERING: "yellow",
    State.NOT_OFFERED: "yellow",
    State.NOT_APPLICABLE: "dim",
}
Rehearse = Callable[[str, bytes], tuple[OrderTrace, ...]]
"""(hook, body of the request) -> the trace of each reviewed order."""


def explain(target: str, rehearse: Rehearse, *, hook: str | None = None, console: Console | None = None) -> int:
    """Evaluate a hook call without a server and print why it comes out as it does.

    Args:
        target: name of a story of `fhir_fixtures`, or path of a JSON file with a hook request.
        rehearse: evaluates it.
        hook: hook of the story; default: the usual one.
        console: where to print; default: standard output.

    Returns:
        Exit code: 0 explained, 2 there is nothing of that name.

    Raises:
        ServiceError: the request is refused, or cannot be evaluated.
    """
    console = console or Console()
    try:
        request = hook_request(target, hook)
    except TargetUnusableError as error:
        console.print(Text(plain(str(error)), style="red"))
        return USAGE
    traces = rehearse(request["hook"], json.dumps(request).encode())
    for trace in traces:
        console.print(_order(trace))
    if not traces:
        console.print(Panel(Text("No order of the reviewed drug: nothing was evaluated."), border_style="green"))
    return OK


def _order(trace: OrderTrace) -> RenderableType:
    parts: list[RenderableType] = [_lines(trace.order)]
    parts += _titled("Right as it is", [_told(one.name, one.because) for one in trace.exemptions])
    for section in trace.sections:
        parts += _titled(section.title, _section(section))
    parts += _titled("Rules", [_grid((rule.state, rule.id, _rule(rule)) for rule in trace.rules)])
    alternatives = [(one.state, one.id, _alternative(one)) for one in trace.alternatives]
    parts += _titled("Alternatives", [_grid(alternatives)] if alternatives else [])
    title, subtitle = Text(plain(trace.title)), Text(plain(trace.reference))
    return Panel(Group(*parts), title=title, subtitle=subtitle, title_align="left")


def _grid(rows: Iterable[tuple[State, str, RenderableType]]) -> Table:
    table = Table.grid(padding=(0, 2))
    for state, id_, told in rows:
        table.add_row(Text(state.value, style=STYLES[state]), Text(id_, style="bold"), told)
    return table


def _titled(title: str, lines: Iterable[RenderableType]) -> list[RenderableType]:
    body = list(lines)
    return [Padding(Group(Text(title, style="bold underline"), *body), (1, 0, 0, 0))] if body else []


def _section(section: SectionTrace) -> list[RenderableType]:
    if section.unavailable:
        return [Text(f"not known: {section.unavailable}", style="magenta")]
    lines: list[RenderableType] = [_lines(section.facts)] if section.facts else [Text("nothing on record", style="dim")]
    if section.gaps:
        lines.append(Text(f"{section.gaps} entries could not be read", style="magenta"))
    return lines


def _lines(facts: Iterable[FactLine]) -> Table:
    table = Table.grid(padding=(0, 2))
    for fact in facts:
        source = " ".join(filter(None, (plain(fact.reference), f"({fact.place})" if fact.place else "")))
        table.add_row(Text(fact.label), Text(fact.date), Text("; ".join(fact.remarks)), Text(source, style="dim"))
    return table


def _rule(rule: RuleTrace) -> RenderableType:
    said = Text(rule.because)
    if rule.state is State.SPEAKS:
        capped = f" (its words alone: {rule.capped_from})" if rule.capped_from else ""
        said = Text.assemble((f"{rule.indicator}{capped}: ", COLOURS.get(rule.indicator, "")), rule.says)
    more = [Text(point) for point in rule.points]
    more += [Text(f"would say: {rule.would_say}", style="dim")] if rule.would_say else []
    return Group(said, *more, *([_lines(rule.rests_on)] if rule.rests_on else []))


def _alternative(alternative: AlternativeTrace) -> RenderableType:
    because = [Text(alternative.because)] if alternative.because else []
    return Group(Text(alternative.title, style="dim"), *because, *(Text(one) for one in alternative.also))


def _told(name: str, because: str) -> Text:
    return Text.assemble((name, "bold"), f": {because}")
