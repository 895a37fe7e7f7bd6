"""Charts drawn on the server, as numbers for an SVG: nothing here knows HTML, and the page has the same as a table.

A chart is 600 wide and 170 high, its plot inside that. Days go from left to right, all of them, with or without calls.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from math import ceil, floor, log10

WIDTH, HEIGHT = 600, 170
LEFT, RIGHT, TOP, BOTTOM = 44, 8, 10, 24
TICKS, MOST_LABELS = 4, 7


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A line: its name, the class that draws it, and its points; broken where there is nothing to tell."""

    name: str
    style: str
    pieces: tuple[tuple[tuple[float, float], ...], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """A part of a stacked bar."""

    style: str
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """A chart, ready to be drawn.

    Attributes:
        id, title, about: about says in a sentence what is to be seen, for who does not see it.
        legend: name -> style. across, down: place of a label -> its text.
    """

    id: str
    title: str
    about: str
    legend: tuple[tuple[str, str], ...]
    across: tuple[tuple[float, str], ...]
    down: tuple[tuple[float, str], ...]
    lines: tuple[Line, ...] = ()
    bars: tuple[Bar, ...] = ()
    width: int = WIDTH
    height: int = HEIGHT


Series = tuple[str, str, Sequence[float | None]]
"""Name, style, and a value for each day."""


def lines(id_: str, title: str, unit: str, days: Sequence[date], series: Sequence[Series]) -> Chart:
    """A chart of lines."""
    top = _top(max((value for _, _, values in series for value in values if value is not None), default=0))
    x, y = _scales(len(days), top)
    drawn = [Line(name=name, style=style, pieces=_pieces(values, x, y)) for name, style, values in series]
    return Chart(
        id=id_,
        title=title,
        about=_about(title, unit, series),
        legend=tuple((name, style) for name, style, _ in series) if len(series) > 1 else (),
        across=_across(days, x),
        down=_down(top, y),
        lines=tuple(drawn),
    )


def stacked(id_: str, title: str, unit: str, days: Sequence[date], series: Sequence[Series]) -> Chart:
    """A chart of bars, one for each day, of parts that stand upon each other."""
    columns = [[values[place] or 0.0 for _, _, values in series] for place in range(len(days))]
    top = _top(max(map(sum, columns), default=0))
    x, y = _scales(len(days), top)
    wide = max(1.5, 0.7 * (WIDTH - LEFT - RIGHT) / max(len(days), 1))
    bars = []
    for place, column in enumerate(columns):
        below = 0.0
        for (_, style, _), value in zip(series, column, strict=True):
            if value:
                corner, end = y(below + value), y(below)
                bars.append(_bar(style, x(place) - wide / 2, corner, wide, end - corner))
            below += value
    return Chart(
        id=id_,
        title=title,
        about=_about(title, unit, series),
        legend=tuple((name, style) for name, style, _ in series),
        across=_across(days, x),
        down=_down(top, y),
        bars=tuple(bars),
    )


def _bar(style: str, x: float, y: float, width: float, height: float) -> Bar:
    return Bar(style=style, x=round(x, 1), y=round(y, 1), width=round(width, 1), height=round(height, 1))


def _scales(days: int, top: float) -> tuple[Callable[[int], float], Callable[[float], float]]:
    step = (WIDTH - LEFT - RIGHT) / max(days, 1)

    def x(place: int) -> float:
        return LEFT + step * (place + 0.5)

    def y(value: float) -> float:
        return HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * value / top

    return x, y


def _pieces(
    values: Sequence[float | None], x: Callable[[int], float], y: Callable[[float], float]
) -> tuple[tuple[tuple[float, float], ...], ...]:
    pieces: list[list[tuple[float, float]]] = [[]]
    for place, value in enumerate(values):
        if value is None:
            pieces.append([])
        else:
            pieces[-1].append((round(x(place), 1), round(y(value), 1)))
    return tuple(tuple(piece) for piece in pieces if piece)


def _top(highest: float) -> float:
    """A round number at or above the highest value."""
    if highest <= 0:
        return 1.0
    scale = 10.0 ** floor(log10(highest))
    return next(step * scale for step in (1, 2, 4, 5, 8, 10, 20) if step * scale >= highest)


def _across(days: Sequence[date], x: Callable[[int], float]) -> tuple[tuple[float, str], ...]:
    every = max(1, ceil(len(days) / MOST_LABELS))
    return tuple((round(x(place), 1), f"{days[place]:%d %b}") for place in range(0, len(days), every))


def _down(top: float, y: Callable[[float], float]) -> tuple[tuple[float, str], ...]:
    return tuple((round(y(top * step / TICKS), 1), f"{top * step / TICKS:g}") for step in range(TICKS + 1))


def _about(title: str, unit: str, series: Sequence[Series]) -> str:
    told = []
    for name, _, values in series:
        known = [value for value in values if value is not None]
        told.append(f"{name} from {min(known):.4g} to {max(known):.4g} {unit}" if known else f"{name}: nothing to tell")
    return f"{title}, by day: {'; '.join(told)}."
