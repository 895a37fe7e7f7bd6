"""FHIR R4 resources of the stories, said in DSTU2, STU3 and R5.

Written apart from the service's own readers and writers, so that the tests hold one against the other. An element that
has no place in a version is refused.
"""

from collections.abc import Callable, Mapping

from fhir_fixtures.in_dstu2 import IN_DSTU2
from fhir_fixtures.in_r5 import IN_R5
from fhir_fixtures.in_stu3 import IN_STU3
from fhir_fixtures.renaming import Json, UntranslatableError

FOLDERS = {"DSTU2": "dstu2", "STU3": "stu3", "R4": "r4", "R5": "r5"}
_TRANSLATORS: Mapping[str, Mapping[str, Callable[[Json], Json]]] = {"DSTU2": IN_DSTU2, "STU3": IN_STU3, "R5": IN_R5}
_ALIKE = {"Patient", "Observation"}  # in every version, as far as the stories use them


def translated(resource: Json, version: str) -> Json:
    """The resource in a version.

    Raises:
        UntranslatableError: naming the resource type and the element.
    """
    kind = resource["resourceType"]
    if version == "R4" or kind in _ALIKE or (kind == "Medication" and set(resource) <= {"resourceType", "id", "code"}):
        return resource
    translate = _TRANSLATORS[version].get(kind)
    if translate is None:
        raise UntranslatableError(
            f"{kind} cannot be said in {version} yet: add it to fhir_fixtures/in_{FOLDERS[version]}.py"
        )
    return translate(resource)


def bundled(bundle: Json, version: str) -> Json:
    """A Bundle with every resource in a version."""
    made = [entry | {"resource": translated(entry["resource"], version)} for entry in bundle.get("entry", ())]
    return bundle | ({"entry": made} if made else {})
