"""Prefetch templates and FHIR queries: one for each section that the release looks at.

Only the common subset of FHIR search is used (reads, searches of one type by patient, code and status), and only the
two bare ids of the context as tokens, so that every client can fill them in. Statuses are not filtered but for
services: resolved problems and stopped drugs matter. Source: CDS Hooks 2.0.1, "Prefetch Template".
"""

from collections.abc import Mapping
from urllib.parse import quote

from cds_service.domain.content import Content, Hook
from cds_service.domain.facts import SectionName
from cds_service.domain.request import HookRequest
from cds_service.fhir.versions import DEFAULT, VERSIONS

KEY_OF_SECTION: Mapping[str, str] = {
    SectionName.PATIENT: "patient",
    SectionName.PROBLEMS: "conditions",
    SectionName.MEDICATIONS: "medications",
    SectionName.STATEMENTS: "statements",
    SectionName.ALLERGIES: "allergies",
    SectionName.OBSERVATIONS: "labs",
    SectionName.SERVICES: "services",
    SectionName.ENCOUNTER: "encounter",
}

_PATIENT, _ENCOUNTER = "{{context.patientId}}", "{{context.encounterId}}"
_SEARCHED: Mapping[str, tuple[str, str]] = {  # resource type, further parameters; each version may have its own
    SectionName.PROBLEMS: ("Condition", ""),
    SectionName.MEDICATIONS: ("MedicationRequest", ""),
    SectionName.STATEMENTS: ("MedicationStatement", ""),
    SectionName.ALLERGIES: ("AllergyIntolerance", ""),
    SectionName.OBSERVATIONS: ("Observation", "&code="),  # the codes come from the release
    SectionName.SERVICES: ("ServiceRequest", "&status=active"),
}


def templates(content: Content, hook: Hook, version: str = DEFAULT.NAME) -> dict[str, str]:
    """Prefetch key -> template for one hook in one FHIR version, the patient first.

    Discovery cannot know its reader's version and offers R4's; a client of another version leaves out the keys that
    its server does not have, and what they stand for is then read in its own version, or said to be not known.
    The encounter is asked for only where the hook's context may hold `encounterId`.
    """
    fields = hook.context_schema.get("properties", {})
    return {
        KEY_OF_SECTION[section]: template
        for section, template in _wanted(content, version).items()
        if section != SectionName.ENCOUNTER or "encounterId" in fields
    }


def queries(content: Content, request: HookRequest, version: str = DEFAULT.NAME) -> dict[str, str]:
    """Section -> relative query for one request in its FHIR version; the encounter only where it names one."""
    ids = {_PATIENT: quote(request.patient_id, safe=""), _ENCOUNTER: quote(request.encounter_id, safe="")}
    return {
        str(section): template.replace(_PATIENT, ids[_PATIENT]).replace(_ENCOUNTER, ids[_ENCOUNTER])
        for section, template in _wanted(content, version).items()
        if section != SectionName.ENCOUNTER or request.encounter_id
    }


def _wanted(content: Content, version: str) -> dict[str, str]:
    """Section -> template of what the release looks at; the patient always, for no one is reviewed without."""
    needs = content.needs
    codes = _codes(content) if SectionName.OBSERVATIONS in needs else ""
    wanted = {str(SectionName.PATIENT): f"Patient/{_PATIENT}"}
    for section, (kind, further) in {**_SEARCHED, **VERSIONS[version].SEARCHED}.items():
        search = f"{kind}?patient={_PATIENT}{further}"
        if section == SectionName.OBSERVATIONS and codes:
            wanted[section] = search + codes
        elif section in needs and section != SectionName.OBSERVATIONS:
            wanted[section] = search
    if SectionName.ENCOUNTER in needs:
        wanted[SectionName.ENCOUNTER] = f"Encounter/{_ENCOUNTER}"
    return wanted


def _codes(content: Content) -> str:
    """The codes of the observation value sets as a list of tokens, `system|code`, or empty when there are none."""
    named = dict.fromkeys(
        coding for name in content.reading.observation_sets for coding in content.value_set_codes.get(name, ())
    )
    tokens = dict.fromkeys(f"{coding.system}|{coding.code}" for coding in named)
    return ",".join(quote(token, safe=":/|") for token in tokens)
