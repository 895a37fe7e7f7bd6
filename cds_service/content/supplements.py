"""What a release holds for its readers alone: contested points, open questions, worked examples, statements.

`examples.toml` is written from the spec tests (`pytest tests/spec --write-examples`), so that the product can
show worked examples without its tests; a test fails when the file is stale.
"""

from pathlib import Path

from cds_service.content.files import read
from cds_service.content.meanings import read_meanings
from cds_service.content.shapes import Shape
from cds_service.domain.catalogue import ContestedPoint, Example, Question, Statement, Supplements
from cds_service.domain.content import Content

FILES = frozenset({"contested", "examples"})


class PointTable(Shape):
    """One `[[points]]` of `contested.toml`; see `domain.catalogue.ContestedPoint`."""

    id: str
    topic: str
    popular: str
    primary: str
    followed: str
    touches: tuple[str, ...]
    evidence: tuple[str, ...]


class QuestionTable(Shape):
    """One `[[questions]]` of `contested.toml`."""

    id: str
    asks: str
    touches: tuple[str, ...]


class ContestedFile(Shape):
    """`contested.toml`."""

    points: tuple[PointTable, ...] = ()
    questions: tuple[QuestionTable, ...] = ()


class ExampleTable(Shape):
    """One `[[examples]]` of `examples.toml`."""

    of: str
    case: str
    says: str


class StatementTable(Shape):
    """One `[[statements]]` of `examples.toml`."""

    id: str
    says: str
    realised_by: tuple[str, ...]
    tests: tuple[str, ...]
    note: str = ""


class ExamplesFile(Shape):
    """`examples.toml`."""

    examples: tuple[ExampleTable, ...] = ()
    statements: tuple[StatementTable, ...] = ()


def read_supplements(root: Path, faults: list[str]) -> Supplements:
    """The supplements of a release; a file that is not there gives none, a faulty one adds its faults."""
    contested = read(root / "contested.toml", root, ContestedFile, faults) if _there(root, "contested") else None
    examples = read(root / "examples.toml", root, ExamplesFile, faults) if _there(root, "examples") else None
    return Supplements(
        contested=tuple(point.become(ContestedPoint) for point in contested.points) if contested else (),
        questions=tuple(question.become(Question) for question in contested.questions) if contested else (),
        examples=tuple(example.become(Example) for example in examples.examples) if examples else (),
        statements=tuple(statement.become(Statement) for statement in examples.statements) if examples else (),
        meanings=read_meanings(root),
    )


def supplement_faults(supplements: Supplements, content: Content) -> list[str]:
    """Names in the supplements that lead nowhere."""
    known = {rule.id for rule in content.rules} | content.exemptions.matrix.keys() | content.alternatives.keys()
    touching = [(point.id, point.touches) for point in supplements.contested]
    touching += [(question.id, question.touches) for question in supplements.questions]
    found = [
        f"contested.toml: {entry} touches {id_}, which is no rule and no alternative"
        for entry, touched in touching
        for id_ in touched
        if id_ not in known
    ]
    found += [
        f"contested.toml: {point.id} cites {id_}, which evidence.toml does not have"
        for point in supplements.contested
        for id_ in point.evidence
        if id_ not in content.evidence
    ]
    found += [
        f"examples.toml: an example of {example.of}, which is no rule and no alternative"
        for example in supplements.examples
        if example.of not in known
    ]
    return found


def _there(root: Path, stem: str) -> bool:
    return (root / f"{stem}.toml").is_file()
