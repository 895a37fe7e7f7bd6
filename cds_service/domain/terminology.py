"""Codes, words and the value sets they belong to.

A match carries *our* label (the value set's display, or the word of our list that was found), never the chart's
own text: so no free text of a record can reach a card, a log or the ledger.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType

WORD = re.compile(r"\w+")
LONGEST_TEXT = 2_000  # characters of one label that are looked at; more is not a label


@dataclass(frozen=True, slots=True, kw_only=True)
class Coding:
    """One code of a code system; `system` is already in its canonical form."""

    system: str
    code: str
    display: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Concept:
    """A FHIR CodeableConcept as read: hostile text until classified."""

    codings: tuple[Coding, ...] = ()
    text: str = ""


class How(StrEnum):
    """How a concept was recognised."""

    CODE = "code"
    TEXT = "text"


class Vocabulary(StrEnum):
    """Which word lists may be applied to a text."""

    DRUG = "drug"
    PROBLEM = "problem"
    REASON = "reason"
    REACTION = "reaction"
    ORDER = "order"


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """Membership of a concept in one value set.

    Attributes:
        how: by code, or only by a word in the text.
        label: what to call it on a card, in the content release's own words.
        system: code system of the matching code, empty when matched by text.
        code: the matching code, empty when matched by text.
    """

    how: How
    label: str
    system: str = ""
    code: str = ""


Classes = Mapping[str, Match]  # value-set name -> how it matched
NO_CLASSES: Classes = MappingProxyType({})


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """A word or phrase of a word list, as the tokens to look for, and the value sets it stands for.

    Attributes:
        label: how a card writes it; empty for the tokens themselves.
        whole: it counts only when it is the whole text.
        negations, reach: its own, in place of the common ones; `None` for those.
    """

    tokens: tuple[str, ...]
    value_sets: tuple[str, ...]
    label: str = ""
    whole: bool = False
    negations: tuple[tuple[str, ...], ...] | None = None
    reach: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ValueSetNote:
    """What a value set is for."""

    title: str
    purpose: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Terminology:
    """Every value set and word list of a content release, indexed for look-up.

    Attributes:
        codes: (system, code) -> (value-set name, display) pairs.
        prefixes: systems whose codes also match by a prefix (WHO ICD-10), with their shortest prefix.
        fallbacks: like `codes`, for sets that hold no row of a prefix system: tried exactly, never by prefix.
        systems: alias of a code system (an OID, say) -> its canonical URL.
        dotted: systems whose codes are compared in upper case with the dot after the third character.
        words: vocabulary -> first token -> phrases that start with it, longest first.
        negations: token sequences that cancel a word standing shortly after.
        negation_reach: how many words before a match are searched for a negation.
    """

    codes: Mapping[tuple[str, str], tuple[tuple[str, str], ...]]
    prefixes: Mapping[str, int] = field(default_factory=dict)
    fallbacks: Mapping[tuple[str, str], tuple[tuple[str, str], ...]] = field(default_factory=dict)
    systems: Mapping[str, str] = field(default_factory=dict)
    dotted: frozenset[str] = frozenset()
    words: Mapping[Vocabulary, Mapping[str, tuple[Word, ...]]] = field(default_factory=dict)
    negations: tuple[tuple[str, ...], ...] = ()
    negation_reach: int = 3

    def canonical(self, system: str, code: str, display: str = "") -> Coding:
        """A coding with its system's canonical URL and its code in the form the value sets use."""
        system = system.strip()
        system = self.systems.get(system, system)
        code = code.strip()
        if system in self.dotted:
            code = code.upper()
            if len(code) > 3 and code[3] != ".":
                code = f"{code[:3]}.{code[3:]}"
        return Coding(system=system, code=code, display=display)

    def classify(self, concept: Concept, vocabulary: Vocabulary, *, words_only_without_codes: bool = False) -> Classes:
        """The value sets a concept belongs to, by its codes first, then by words in its texts.

        Args:
            concept: codings and text as read.
            vocabulary: which word lists apply.
            words_only_without_codes: problems are matched by text only when they carry no code at all.
        """
        found: dict[str, Match] = {}
        for coding in concept.codings:
            for name, display in self._sets_of(coding):
                found.setdefault(name, Match(how=How.CODE, label=display, system=coding.system, code=coding.code))
        if not (words_only_without_codes and any(coding.code for coding in concept.codings)):
            texts = (concept.text, *(coding.display for coding in concept.codings))
            for name, label in self.mentions(texts, vocabulary):
                found.setdefault(name, Match(how=How.TEXT, label=label))
        return found or NO_CLASSES

    def mentions(self, texts: Iterable[str], vocabulary: Vocabulary) -> Iterable[tuple[str, str]]:
        """(value-set name, word found) for every un-negated word of a vocabulary in the texts."""
        phrases = self.words.get(vocabulary)
        if not phrases:
            return
        for text in dict.fromkeys(texts):  # a display often says what the text says
            tokens = WORD.findall(text[:LONGEST_TEXT].casefold())
            if phrases.keys().isdisjoint(tokens):
                continue
            for at, token in enumerate(tokens):
                for word in phrases.get(token, ()):
                    if self._stands(word, tokens, at):
                        label = word.label or " ".join(word.tokens)
                        for name in word.value_sets:
                            yield name, label

    def _sets_of(self, coding: Coding) -> Iterable[tuple[str, str]]:
        exact = self.codes.get((coding.system, coding.code))
        if exact:
            yield from exact
        shortest = self.prefixes.get(coding.system)
        if not shortest:
            return
        for length in range(len(coding.code) - 1, shortest - 1, -1):
            yield from self.codes.get((coding.system, coding.code[:length].rstrip(".")), ())
        yield from self.fallbacks.get((coding.system, coding.code), ())

    def _stands(self, word: Word, tokens: list[str], at: int) -> bool:
        if word.whole and len(tokens) != len(word.tokens):
            return False
        return tuple(tokens[at : at + len(word.tokens)]) == word.tokens and not self._negated(word, tokens, at)

    def _negated(self, word: Word, tokens: list[str], at: int) -> bool:
        reach = self.negation_reach if word.reach is None else word.reach
        before = tokens[max(0, at - reach) : at]
        return any(
            tuple(before[start : start + len(negation)]) == negation
            for negation in (self.negations if word.negations is None else word.negations)
            for start in range(len(before) - len(negation) + 1)
        )
