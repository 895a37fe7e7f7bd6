"""Patients drawn at random, as Facts with the real codes of the release: what hooks/ must hold for, whoever comes.

`patients()` draws from everything a rule may look at, parts of it missing; `without(facts, part)` takes a part away as
reading a record would.
"""

import tomllib
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from functools import cache
from pathlib import Path

from hypothesis import settings
from hypothesis import strategies as st

from cds_service.content.load import load
from cds_service.domain.course import PriorUse
from cds_service.domain.dates import Certainty
from cds_service.domain.facts import Known, SectionName, Standing, Unavailable
from cds_service.domain.orders import Form, Reason
from cds_service.domain.terminology import How, Match
from tests.builders import T, age, allergy, drug, encounter, facts, measurement, order, partly, problem, running

HOOKS = Path(__file__).parents[2] / "hooks"
BOUNDED = settings()  # of the profile asked for, see tests/conftest.py
INDICATIONS = ["anxiety-disorders", "muscle-spasm", "spasticity-umn", "chronic-pain", "radiculopathy"]
SECTIONS = [str(name) for name in SectionName if name is not SectionName.PATIENT]


@cache
def release():
    """The content release under test."""
    return load(HOOKS)


@cache
def sets_of(kind):
    """Value sets of one kind (`drug`, `problem` …) that any rule, alternative or exemption may ask for."""
    index = tomllib.loads((HOOKS / "sources" / "index.toml").read_text(encoding="utf-8"))["sets"]
    subject = release().reading.subject_set
    return sorted(name for name, about in index.items() if about["kind"] == kind and not name.startswith(subject))


def classes_in(name, *, at=0, text=False):
    """Every class of one code of a value set, under the names of the release."""
    codes = release().value_set_codes[name]
    code = codes[at % len(codes)]
    if text:
        return {name: Match(how=How.TEXT, label=code.display or name)}
    return {
        of: Match(how=How.CODE, label=label, system=code.system, code=code.code)
        for of, label in release().terminology.codes[code.system, code.code]
    }


def seldom(some):
    """Mostly nothing: a patient who has everything at once shows little."""
    return st.one_of(st.just([]), st.just([]), some)


def names_of_problems():
    """What orders are for comes as often as all the rest together."""
    return st.one_of(st.sampled_from(INDICATIONS), st.sampled_from(sets_of("problem")))


@st.composite
def problems(draw, *, text=None):
    name, at = draw(names_of_problems()), draw(st.integers(0, 400))
    known_from_text = draw(st.booleans()) if text is None else text
    made = problem(
        onset=draw(st.sampled_from(["", "2026-06-10", "2026-05-01", "2026", "2025-12-01", "2020-01-01"])),
        past=draw(st.sampled_from([False, False, True])),
        unconfirmed=draw(st.sampled_from([False, False, True])),
    )
    return replace(made, classes=classes_in(name, at=at, text=known_from_text))


@st.composite
def drugs(draw, *, in_draft=False, names=None):
    name = draw(st.sampled_from(sets_of("drug") if names is None else names))
    standing = Standing.CURRENT if in_draft else draw(st.sampled_from([Standing.CURRENT, Standing.PAST]))
    made = drug(standing=standing, since=draw(st.sampled_from(["", "2026-03-01", "2024-01-01"])), in_draft=in_draft)
    return replace(made, classes=classes_in(name, at=draw(st.integers(0, 400)), text=draw(st.booleans())))


@st.composite
def orders(draw, *, text=None, reasons=True):
    single, times = draw(st.sampled_from(["2", "5", "7.5", "10", "15"])), draw(st.sampled_from([None, 1, 2, 3, 4]))
    stated = draw(st.lists(names_of_problems(), max_size=2)) if reasons else []
    made = order(
        days=draw(st.sampled_from([None, 1, 7, 14, 15, 28, 29, 60, 120, 121, 365])),
        form=draw(st.sampled_from([Form.ORAL, Form.ORAL, Form.ORAL, Form.PARENTERAL, Form.RESCUE])),
        single_mg=single,
        per_day_mg=str(Decimal(single) * times) if times else None,
        dose_unknown=draw(st.sampled_from(["", "", "", "nothing"])),
        dose_from_text=draw(st.sampled_from([False, False, True])) if text is None else text,
        single_dose=times is None,
        regular=times is not None,
        stepped=draw(st.sampled_from([False, False, True])),
        mentions=draw(st.sampled_from([(), (), (), ("procedure-words",), ("taper-words",)])),
        reasons_lost=draw(st.sampled_from([0, 0, 0, 1])) if reasons else 0,
    )
    named = tuple(
        Reason(classes=classes_in(name, at=at), element="reasonCode", index=at) for at, name in enumerate(stated)
    )
    return replace(made, reasons=named + made.reasons)


AGES = st.one_of(
    st.none(),
    st.integers(18, 64).map(age),
    st.integers(0, 100).map(age),
    st.integers(0, 100).map(lambda years: age(years, maximum=years + 1)),
    st.sampled_from([Certainty.CERTAIN, Certainty.POSSIBLE]).map(lambda how: age(0, under_six_months=how)),
)
USES = st.sampled_from(
    [
        PriorUse(),
        PriorUse(),
        PriorUse(),
        PriorUse(covered_days=10, run_start=T - timedelta(days=20), last_day=T - timedelta(days=11)),
        PriorUse(covered_days=60, run_start=T - timedelta(days=60), continuing=True, last_day=T - timedelta(days=1)),
        PriorUse(covered_days=200, run_start=T - timedelta(days=210), continuing=True, last_day=T - timedelta(days=1)),
        PriorUse(last_day=T - timedelta(days=90)),
    ]
)
RUNNING = st.lists(
    st.builds(
        running,
        per_day_mg=st.sampled_from(["10", "30", None]),
        ends=st.sampled_from([None, "2026-06-18", "2026-08-01"]),
    ),
    max_size=1,
)
ALLERGIES = st.lists(
    st.builds(
        allergy,
        st.sampled_from(["diazepam", "benzodiazepines-other", "baclofen", "ssri"]),
        intolerance=st.booleans(),
        criticality=st.sampled_from(["", "low", "high"]),
    ),
    max_size=1,
)
OBSERVATIONS = st.lists(
    st.one_of(
        st.builds(measurement, st.just("labs-egfr"), st.sampled_from(["20", "45", "90"]), st.just("mL/min/{1.73_m2}")),
        st.builds(
            measurement,
            st.just("obs-alcohol"),
            st.sampled_from(["0", "3", "9"]),
            st.just("1"),
            code=st.sampled_from(["75626-2", "72110-0", "74013-4"]),
        ),
    ),
    max_size=2,
)


@st.composite
def patients(draw, *, complete=False):
    """Facts of anybody; `complete`: every section could be read fully."""
    made = facts(
        age=draw(AGES),
        sex=draw(st.sampled_from(["male", "female", ""])),
        order=draw(orders()),
        siblings=[replace(one, position=1) for one in draw(seldom(st.lists(orders(), max_size=1)))],
        drafts=draw(seldom(st.lists(drugs(in_draft=True), max_size=1))),
        problems=draw(st.lists(problems(), max_size=4)),
        medications=draw(seldom(st.lists(drugs(), max_size=3))),
        statements=draw(seldom(st.lists(drugs(), max_size=1))),
        allergies=draw(seldom(ALLERGIES)),
        observations=draw(seldom(OBSERVATIONS)),
        encounter=draw(seldom(st.lists(st.sampled_from(["emer", "imp", "amb"]).map(encounter), max_size=1))),
        prior_use=draw(USES),
        running=draw(seldom(RUNNING)),
        weight_kg=draw(st.sampled_from([None, "4", "20", "50"])),
    )
    for part in () if complete else draw(seldom(st.lists(st.sampled_from(PARTS), max_size=2))):
        made = without(made, part)
    return made


PARTS = ["birth-date", "weight", *SECTIONS, *(f"part of {name}" for name in SECTIONS)]


def without(known, part):
    """The same patient when one of `PARTS` could not be looked at."""
    if part == "birth-date":
        return replace(known, age=None)
    if part == "weight":
        return replace(known, weight_kg=None)
    name = part.removeprefix("part of ")
    left = partly() if part != name else Unavailable(why="timeout")
    known = replace(known, **{name: left})
    if name == SectionName.MEDICATIONS:
        known = replace(known, running=(), prior_use=PriorUse(missing=(*known.prior_use.missing, name)))
    if name == SectionName.STATEMENTS:
        known = replace(known, prior_use=replace(known.prior_use, missing=(*known.prior_use.missing, name)))
    return replace(known, weight_kg=None) if name == SectionName.OBSERVATIONS else known


def unrelated_problem():
    """A problem that no rule knows."""
    return replace(problem(), classes={"none-of-them": Match(how=How.CODE, label="wart", system="s", code="w")})


def unrelated_drug():
    """A coded drug that no rule knows."""
    return replace(drug(), classes={})


def with_more(known, **sections):
    """The same patient with something more on record."""
    more = {
        name: Known(items=(*section.items, item), gaps=section.gaps)
        for name, item in sections.items()
        if isinstance(section := getattr(known, name), Known)
    }
    return replace(known, **more)
