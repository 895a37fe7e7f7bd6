"""Outcomes as text for people, and as JSON for programs."""

import json

from cds_service.ledger.extracts.replay import Replayed

KINDS = ("gained", "lost", "louder", "milder", "other")
SHOWN = 2  # example decisions in a line


def replay_told(outcome: Replayed, version: str, *, candidate: bool) -> str:
    """What a replay found.

    Args:
        outcome: of the replay.
        version: of the content release it was made with.
        candidate: it was not the decisions' own.
    """
    which = f"the candidate release {version}" if candidate else f"their own release ({version})"
    lines = [
        f"Replayed  {outcome.decisions} decisions on {outcome.orders} orders under {which}",
        f"Alike     {outcome.same}; {outcome.differ} differ (ids, times and resources are not compared)",
        f"Cards     {_rate(outcome, outcome.cards_before)} before, {_rate(outcome, outcome.cards_after)} now",
        *_left_out(outcome),
    ]
    if outcome.newly_failed:
        lines.append(f"FAILED    rules broke in {outcome.newly_failed} decisions in which they had not")
    if outcome.rules:
        lines += ["", f"{'rule':<36}" + "".join(f"{kind:>8}" for kind in KINDS) + "  gained-lost/100 orders  decisions"]
        lines += [_rule(name, outcome) for name in sorted(outcome.rules)]
    if outcome.unlike:
        lines += ["", "Examples"] + [f"  {id_}: {', '.join(where)}" for id_, where in outcome.unlike.items()]
    return "\n".join(lines)


def _left_out(outcome: Replayed) -> list[str]:
    lines = [
        f"Left out  {count} with status {status}: no answer to make again"
        for status, count in sorted(outcome.unanswered.items())
    ]
    lines += [
        f"Left out  {count} made with release {version}, which is not loaded here: name its folder with --content"
        for version, count in sorted(outcome.other_release.items())
    ]
    return lines + [
        f"Left out  {count} of client family {name!r}, which there is no more"
        for name, count in sorted(outcome.unknown_dialect.items())
    ]


def _rate(outcome: Replayed, cards: int) -> str:
    return f"{cards} ({outcome.per_100_orders(cards):.1f} for 100 orders)"


def _rule(name: str, outcome: Replayed) -> str:
    one = outcome.rules[name]
    net = outcome.per_100_orders(one.counts["gained"] - one.counts["lost"])
    counts = "".join(f"{one.counts[kind]:>8}" for kind in KINDS)
    return f"{name:<36}{counts}{net:>+24.1f}  {' '.join(one.examples[:SHOWN])}"


def replay_json(outcome: Replayed, version: str, sha256: str, *, candidate: bool) -> str:
    """The same as JSON."""
    return json.dumps(
        {
            "release": {"version": version, "sha256": sha256, "candidate": candidate},
            "differ": outcome.differ,
            "per_100_orders": {
                "before": round(outcome.per_100_orders(outcome.cards_before), 2),
                "after": round(outcome.per_100_orders(outcome.cards_after), 2),
            },
            "decisions": outcome.decisions,
            "orders": outcome.orders,
            "cards_before": outcome.cards_before,
            "cards_after": outcome.cards_after,
            "same": outcome.same,
            "newly_failed": outcome.newly_failed,
            "unlike": outcome.unlike,
            "rules": {id_: {"counts": one.counts, "examples": one.examples} for id_, one in outcome.rules.items()},
            "left_out": {
                "status": outcome.unanswered,
                "release": outcome.other_release,
                "dialect": outcome.unknown_dialect,
            },
        },
        indent=2,
        ensure_ascii=False,
        sort_keys=True,
    )
