"""Value sets, word lists and code systems become the `Terminology` that classifies what a record says."""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from sys import intern

import msgspec

from cds_service.content.shapes import CodesTable, WordsFile
from cds_service.domain.terminology import WORD, Coding, Terminology, ValueSetNote, Vocabulary, Word

STRENGTH = re.compile(r"^(?:[\d.]+ [A-Z]+ )+| [\d.]+ .*$")  # "2 ML " before a name, " 5 MG Oral Tablet" after it
SUBSTANCE = re.compile(r"[^\d,;/\[{]+")  # a display that names a substance and nothing else


class _Entry(msgspec.Struct):
    system: str = ""
    code: str = ""
    display: str = ""
    abstract: bool = False
    contains: list["_Entry"] = []


class _Expansion(msgspec.Struct):
    contains: list[_Entry]


class _ValueSet(msgspec.Struct):
    """The members of a FHIR ValueSet that are looked at; the others are for readers."""

    id: str
    version: str
    expansion: _Expansion
    title: str = ""
    purpose: str = ""


class ValueSets(msgspec.Struct, frozen=True):
    """Every value set of a release: name -> codes, name -> version, name -> what it is for."""

    codes: dict[str, tuple[Coding, ...]]
    versions: dict[str, str]
    notes: dict[str, ValueSetNote] = {}


def read_value_sets(folder: Path, faults: list[str]) -> ValueSets:
    """The value sets of a folder of FHIR ValueSet files; their `id` is the file's stem."""
    decoder = msgspec.json.Decoder(_ValueSet)
    codes: dict[str, tuple[Coding, ...]] = {}
    versions: dict[str, str] = {}
    notes: dict[str, ValueSetNote] = {}
    for path in sorted(folder.glob("*.json")):
        at = f"{folder.name}/{path.name}"
        try:
            value_set = decoder.decode(path.read_bytes())
        except (OSError, msgspec.DecodeError) as problem:
            faults.append(f"{at}: cannot be read as a ValueSet: {problem}")
            continue
        if value_set.id != path.stem:
            faults.append(f"{at}: its id is {value_set.id!r}, not the name of the file")
        codes[path.stem] = tuple(_codings(value_set.expansion.contains))
        versions[path.stem] = value_set.version
        notes[path.stem] = ValueSetNote(title=value_set.title, purpose=value_set.purpose)
        if not codes[path.stem]:
            faults.append(f"{at}: no codes")
    if not codes:
        faults.append(f"{folder.name}: no value sets; build them with `cds-service value-sets`")
    return ValueSets(codes, versions, notes)


def terminology(value_sets: ValueSets, words: WordsFile, systems: CodesTable) -> Terminology:
    """Index codes and words for look-up, each with the label a card may show.

    A drug's label is the word of our lists that its display holds (the substance of a tablet, say), else a substance
    of its own value set; a drug whose display holds a word of a class without a value set belongs to that class too,
    whatever the client displays.
    """
    phrases = _phrases(words)
    endings = re.compile(r" \((?:" + "|".join(map(re.escape, systems.display_endings)) + r")\)$")
    lexicon = Terminology(codes={}, words=phrases)
    substances = Terminology(codes={}, words={Vocabulary.DRUG: _substances(value_sets, words, endings)})
    codes: dict[tuple[str, str], list[tuple[str, str]]] = {}
    for name, codings in value_sets.codes.items():
        speaks_drugs = name in words.drug
        for coding in codings:
            entries = codes.setdefault((coding.system, coding.code), [])
            if not speaks_drugs:
                entries.append((name, endings.sub("", coding.display)))
                continue
            found = _first(lexicon.mentions((coding.display,), Vocabulary.DRUG))
            label = found.get(name) or _first(substances.mentions((coding.display,), Vocabulary.DRUG)).get(name)
            entries.append((name, label or STRENGTH.sub("", endings.sub("", coding.display))))
            entries += [pair for pair in found.items() if pair[0] in words.word_lists]
    return Terminology(
        codes={key: tuple(dict(entries).items()) for key, entries in codes.items()},
        prefixes=systems.prefixes,
        fallbacks=dict(_fallbacks(value_sets, systems, codes)),
        systems=systems.aliases,
        dotted=frozenset(systems.dotted),
        words=phrases,
        negations=tuple(map(_tokens, words.negations)),
        negation_reach=words.negation_reach,
    )


def brand_faults(words: WordsFile) -> Iterator[str]:
    """Brand names that are no words of drugs, and substances that do not stand for all that their brands stand for."""
    classes: dict[tuple[str, ...], set[str]] = {}
    for name, listed in words.drug.items():
        for word in listed:
            classes.setdefault(_tokens(word), set()).add(name)
    for substance, brands in words.brands.items():
        for brand in brands:
            of = classes.get(_tokens(brand))
            if of is None:
                yield f"[brands]: {brand} is no word of [drug]"
            elif not of <= classes.get(_tokens(substance), set()):
                yield f"[brands]: {substance} does not stand for all that {brand} stands for under [drug]"


def _substances(value_sets: ValueSets, words: WordsFile, endings: re.Pattern[str]) -> dict[str, tuple[Word, ...]]:
    """The substances that each drug value set lists by name alone, to name combinations and packs of them."""
    found: dict[tuple[str, ...], list[str]] = {}
    for name in words.drug.keys() & value_sets.codes.keys():
        for coding in value_sets.codes[name]:
            substance = endings.sub("", coding.display)
            if SUBSTANCE.fullmatch(substance):
                found.setdefault(_tokens(substance), []).append(name)
    return _by_first_token(Word(tokens=tokens, value_sets=tuple(names)) for tokens, names in found.items())


def _first(mentions: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Class -> the first word found for it."""
    first: dict[str, str] = {}
    for name, label in mentions:
        first.setdefault(name, label)
    return first


def _fallbacks(
    value_sets: ValueSets, systems: CodesTable, codes: dict[tuple[str, str], list[tuple[str, str]]]
) -> Iterator[tuple[tuple[str, str], tuple[tuple[str, str], ...]]]:
    for system, stand_in in systems.fallbacks.items():
        without = {
            name for name, codings in value_sets.codes.items() if not any(coding.system == system for coding in codings)
        }
        for (of, code), entries in codes.items():
            kept = tuple(pair for pair in entries if pair[0] in without)
            if of == stand_in and kept:
                yield (system, code), kept


def _codings(entries: Iterable[_Entry]) -> Iterator[Coding]:
    for entry in entries:
        if entry.code and not entry.abstract:
            yield Coding(system=intern(entry.system), code=entry.code, display=entry.display)
        if entry.contains:
            yield from _codings(entry.contains)


def _phrases(words: WordsFile) -> dict[Vocabulary, dict[str, tuple[Word, ...]]]:
    own = {Vocabulary.DRUG: words.drug, Vocabulary.PROBLEM: words.problem}
    own |= {Vocabulary.REASON: words.reason, Vocabulary.REACTION: words.reaction, Vocabulary.ORDER: words.order}
    return {
        vocabulary: _by_first_token(
            _words(
                words,
                [own[name] for name in (vocabulary, *words.includes.get(vocabulary, ()))],
                {name: whole.words for name, whole in words.whole.items() if vocabulary in whole.vocabularies},
            )
        )
        for vocabulary in Vocabulary
    }


def _words(
    words: WordsFile, lists: list[dict[str, tuple[str, ...]]], whole: dict[str, tuple[str, ...]]
) -> Iterator[Word]:
    """One `Word` for each (word, negations, whole) with every class it stands for."""
    classes: dict[tuple[tuple[str, ...], str, bool], list[str]] = {}
    labels = {_tokens(brand): substance for substance, brands in words.brands.items() for brand in brands}
    for table, is_whole in [*((table, False) for table in lists), (whole, True)]:
        for name, listed in table.items():
            for word in listed:
                tokens = _tokens(word)
                labels.setdefault(tokens, word)
                key = (tokens, name if name in words.own_negations else "", is_whole)
                classes.setdefault(key, []).append(name)
    for (tokens, negated_as, is_whole), names in classes.items():
        own = words.own_negations.get(negated_as)
        yield Word(
            tokens=tokens,
            value_sets=tuple(dict.fromkeys(names)),
            label=labels[tokens],
            whole=is_whole,
            negations=None if own is None else tuple(map(_tokens, own.words)),
            reach=None if own is None else own.reach,
        )


def _by_first_token(words: Iterable[Word]) -> dict[str, tuple[Word, ...]]:
    index: dict[str, list[Word]] = {}
    for word in words:
        index.setdefault(word.tokens[0], []).append(word)
    return {token: tuple(sorted(found, key=lambda word: -len(word.tokens))) for token, found in index.items()}


def _tokens(text: str) -> tuple[str, ...]:
    return tuple(WORD.findall(text.casefold()))
