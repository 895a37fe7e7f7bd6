"""`python -m benchmarks.mutants`: mutants of the medicine and its arithmetic; how many the tests notice, and which not.

Survivors are printed with file, line and difference. Those that change nothing anyone could observe stand in
`tests/mutants_survive.toml` with their reason, and do not count; an entry that names no survivor is an error.
"""

import argparse
import sys
import tomllib
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from random import Random

import pytest

from benchmarks.mutants.making import Mutant, mutants_of
from benchmarks.mutants.trying import Fate, Trial

ROOT = Path(__file__).parents[2]
ARITHMETIC = ("dosage", "dosage_text", "instructions", "supply", "course", "units", "daily", "dates", "kidney")
QUESTIONS = ("suitability", "indication")
MODULES = (
    "hooks/rules",
    "hooks/alternatives",
    "hooks/exemptions.py",
    *(f"cds_service/domain/{name}.py" for name in (*ARITHMETIC, *QUESTIONS)),
)
TESTS = ("tests/spec", "tests/unit/domain", "tests/unit/fhir")
EQUIVALENT = ROOT / "tests" / "mutants_survive.toml"
Key = tuple[str, str, str, str]


def main() -> int:
    """Try the mutants of the modules asked for; 0 when enough of each are killed."""
    asked = _arguments()
    paths = sorted({path for name in asked.modules for path in _modules(ROOT / name)})
    mutants = [mutant for path in paths for mutant in mutants_of(path)]
    if asked.sample:
        drawn = Random(asked.seed).sample(range(len(mutants)), min(asked.sample, len(mutants)))
        mutants = [mutants[place] for place in sorted(drawn)]
    trial = Trial(mutants, asked.jobs)
    _load_release()
    options = ["-qq", "--no-header", "--no-summary", "-p", "no:xdist", "--rootdir", str(ROOT)]
    code = pytest.main([*options, *(str(ROOT / test) for test in asked.tests)], plugins=[trial])
    if trial.broken or len(trial.fates) < len(mutants):
        print(f"No figures, pytest ended with {code}; without any mutant these fail:", *trial.broken, sep="\n  ")
        return 2
    known = _equivalent()
    fates = [(mutants[number], fate) for number, fate in sorted(trial.fates.items()) if fate is not Fate.INVALID]
    left = [(mutant, fate, _key(mutant)) for mutant, fate in fates if fate in (Fate.SURVIVED, Fate.UNREACHED)]
    for mutant, fate, key in left:
        if key not in known:
            print(f"{key[0]}:{mutant.line} {fate} in {key[1] or 'the module'}\n  - {key[2]}\n  + {key[3]}")
    stale = [
        key for key in known if not asked.sample and key not in {key for *_, key in left} and ROOT / key[0] in paths
    ]
    for key in stale:
        print(f"{EQUIVALENT.name}: no such survivor any more: {key}")
    return int(_table(fates, {key for *_, key in left if key in known}, asked.least) or bool(stale))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.mutants", description=__doc__)
    parser.add_argument("modules", nargs="*", default=list(MODULES), help="files or folders; all of them by default")
    parser.add_argument("--jobs", type=int, default=2, help="children at once (2)")
    parser.add_argument("--least", type=float, default=95.0, help="per cent of each module that must be killed (95)")
    parser.add_argument("--sample", type=int, default=0, help="only so many mutants, drawn by chance (all)")
    parser.add_argument("--seed", type=int, default=0, help="of the sample: the same seed draws the same mutants (0)")
    parser.add_argument("--tests", nargs="+", default=list(TESTS), help=f"where the tests are ({', '.join(TESTS)})")
    return parser.parse_args()


def _modules(path: Path) -> Iterable[Path]:
    return [one for one in path.glob("*.py") if one.name != "__init__.py"] if path.is_dir() else [path]


def _load_release() -> None:
    """Load the content as the spec tests do, so that the children need not."""
    from tests.spec import release  # noqa: PLC0415 - only when the command runs

    for load in (release.content, release.rules, release.alternatives, release.exemptions):
        load()


def _key(mutant: Mutant) -> Key:
    return (mutant.path.relative_to(ROOT).as_posix(), mutant.inside, *mutant.difference())


def _equivalent() -> dict[Key, str]:
    """Mutants that change nothing, each with the reason."""
    told = tomllib.loads(EQUIVALENT.read_text(encoding="utf-8"))
    return {(one["file"], one["in"], one["was"], now): one["reason"] for one in told["mutant"] for now in one["now"]}


def _table(fates: Sequence[tuple[Mutant, Fate]], equivalent: set[Key], least: float) -> bool:
    """Print the figures of each module; whether one is below what is asked."""
    made, killed, same = Counter[str](), Counter[str](), Counter[str]()
    for mutant, fate in fates:
        name = mutant.path.relative_to(ROOT).as_posix()
        noticed = fate in (Fate.KILLED, Fate.TIMEOUT)
        made[name] += 1
        killed[name] += noticed
        same[name] += not noticed and _key(mutant) in equivalent
    print(f"{'module':<48}{'mutants':>8}{'killed':>8}{'same':>6}{'left':>6}{'score':>8}")
    for name in [*made, "all"]:
        one, dead, alike = (counts.total() if name == "all" else counts[name] for counts in (made, killed, same))
        score = 100 * dead / max(one - alike, 1)
        print(f"{name:<48}{one:>8}{dead:>8}{alike:>6}{one - dead - alike:>6}{score:>7.1f}%")
    return any(100 * killed[name] < least * (made[name] - same[name]) for name in made)


if __name__ == "__main__":
    sys.exit(main())
