"""`openapi.yaml` as records a page can lay out: operations by tag, and every schema as a table of its members.

The file is our own, so only what it uses is understood; what is not understood is shown as its YAML would be.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

METHODS = ("get", "put", "post", "delete", "options", "head", "patch")
LIMITS = {
    "pattern": "matches {}",
    "minLength": "at least {} characters",
    "maxLength": "at most {} characters",
    "minItems": "at least {} entries",
    "maxItems": "at most {} entries",
    "minimum": "at least {}",
    "maximum": "at most {}",
    "maxProperties": "at most {} members",
}
Node = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """What a value is, in words; `schema` names the schema that tells more."""

    words: str
    schema: str = ""
    limits: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """A member of an object, a parameter, or a header."""

    name: str
    kind: Kind
    required: bool
    says: str = ""
    place: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """A schema: what it is, its members, and the shapes it may also have."""

    name: str
    kind: Kind
    says: str
    members: tuple[Member, ...]
    closed: bool
    either: tuple["Shape", ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Body:
    """A body of one media type, with examples (title, JSON)."""

    media_type: str
    kind: Kind
    examples: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """An answer."""

    status: str
    says: str
    bodies: tuple[Body, ...]
    headers: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """One method of one path. `guarded`: a token may be asked for."""

    id: str
    method: str
    path: str
    summary: str
    says: str
    guarded: bool
    parameters: tuple[Member, ...]
    bodies: tuple[Body, ...]
    replies: tuple[Reply, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Interface:
    """The whole description. `tags`: name -> (what it is for, its operations)."""

    title: str
    version: str
    summary: str
    says: str
    tags: Mapping[str, tuple[str, tuple[Operation, ...]]]
    shapes: tuple[Shape, ...] = field(default=())


def read_interface(text: bytes) -> Interface:
    """The description of an OpenAPI file."""
    import yaml  # noqa: PLC0415 - of no use to hook calls

    whole: Node = yaml.safe_load(text)
    info, parts = whole["info"], whole.get("components", {})
    operations = list(_operations(whole))
    return Interface(
        title=info["title"],
        version=str(info["version"]),
        summary=info.get("summary", ""),
        says=info.get("description", ""),
        tags={
            tag["name"]: (tag.get("description", ""), tuple(one for tags, one in operations if tag["name"] in tags))
            for tag in whole.get("tags", ())
        },
        shapes=tuple(_shape(name, schema, whole) for name, schema in parts.get("schemas", {}).items()),
    )


def _operations(whole: Node) -> Iterator[tuple[tuple[str, ...], Operation]]:
    for path, item in whole["paths"].items():
        for method in METHODS:
            if method in item:
                one, shared = item[method], item.get("parameters", ())
                yield (
                    tuple(one.get("tags", ())),
                    Operation(
                        id=one["operationId"],
                        method=method.upper(),
                        path=path,
                        summary=one.get("summary", ""),
                        says=one.get("description", ""),
                        guarded=any(one.get("security", whole.get("security", ()))),
                        parameters=tuple(
                            _parameter(resolved(told, whole)) for told in (*shared, *one.get("parameters", ()))
                        ),
                        bodies=_bodies(one.get("requestBody", {}), whole),
                        replies=tuple(
                            _reply(status, resolved(told, whole), whole) for status, told in one["responses"].items()
                        ),
                    ),
                )


def resolved(node: Node, whole: Node) -> Node:
    """What a `$ref` within the file stands for; the node itself where it is none."""
    found: Any = node
    while isinstance(found, dict) and "$ref" in found:
        target: Any = whole
        for step in found["$ref"].removeprefix("#/").split("/"):
            target = target[step]
        found = target
    return found  # type: ignore[no-any-return] # a node of the file


def _parameter(told: Node) -> Member:
    return Member(
        name=told["name"],
        kind=_kind(told.get("schema", {})),
        required=told.get("required", False),
        says=told.get("description", ""),
        place=told["in"],
    )


def _reply(status: str, told: Node, whole: Node) -> Reply:
    return Reply(
        status=str(status),
        says=told.get("description", ""),
        bodies=_bodies(told, whole),
        headers=tuple(told.get("headers", {})),
    )


def _bodies(told: Node, whole: Node) -> tuple[Body, ...]:
    content = resolved(told, whole).get("content", {})
    return tuple(
        Body(media_type=media_type, kind=_kind(body.get("schema", {})), examples=tuple(_examples(body, whole)))
        for media_type, body in content.items()
    )


def _examples(body: Node, whole: Node) -> Iterator[tuple[str, str]]:
    if "example" in body:
        yield "Example", _json(body["example"])
    for name, told in body.get("examples", {}).items():
        example = resolved(told, whole)
        yield example.get("summary", name), _json(example["value"])


def _json(value: object) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False, default=str)


def _shape(name: str, schema: Node, whole: Node) -> Shape:
    """A schema that is an object, or a named kind of value."""
    members = tuple(
        Member(
            name=member,
            kind=_kind(told if isinstance(told, dict) else {}),
            required=member in schema.get("required", ()),
            says=told.get("description", "") if isinstance(told, dict) else "",
        )
        for member, told in schema.get("properties", {}).items()
    )
    other = [one for word in ("oneOf", "anyOf") for one in schema.get(word, ())]
    return Shape(
        name=name,
        kind=_kind(schema),
        says=schema.get("description", ""),
        members=members,
        closed=schema.get("additionalProperties") is False,
        either=tuple(_shape(one.get("title") or _kind(one).words, resolved(one, whole), whole) for one in other),
    )


def _kind(schema: Node) -> Kind:
    limits = tuple(
        "not empty" if name in ("minLength", "minItems") and schema[name] == 1 else words.format(schema[name])
        for name, words in LIMITS.items()
        if name in schema
    )
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        return Kind(words=name, schema=name)
    if "const" in schema:
        return Kind(words=f"always {json.dumps(schema['const'])}")
    if "enum" in schema:
        return Kind(words=" or ".join(json.dumps(value) for value in schema["enum"]))
    if "allOf" in schema:
        return _kind(schema["allOf"][0])
    if schema.get("type") == "array":
        inner = _kind(schema.get("items", {}))
        return Kind(words=f"array of {inner.words}", schema=inner.schema, limits=limits)
    told = schema.get("type", "object" if "properties" in schema else "anything")
    return Kind(words=" or ".join(told) if isinstance(told, list) else str(told), limits=limits)
