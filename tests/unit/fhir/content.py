"""A small content release for reading: a handful of codes and words, as `hooks/` would give them."""

from datetime import date
from decimal import Decimal

from cds_service.domain.content import Content, Exemptions, Phrases, Release
from cds_service.domain.course import CourseLimits
from cds_service.domain.orders import Form
from cds_service.domain.reading import Product, Reading
from cds_service.domain.terminology import Coding, Terminology, Vocabulary, Word

RXNORM = "http://www.nlm.nih.gov/research/umls/rxnorm"
SNOMED = "http://snomed.info/sct"
ICD = "http://hl7.org/fhir/sid/icd-10-cm"
WHO = "http://hl7.org/fhir/sid/icd-10"
LOINC = "http://loinc.org"

CODES = {
    (RXNORM, "3322"): (("diazepam", "diazepam"),),
    (RXNORM, "197590"): (("diazepam", "diazepam 2 MG Oral Tablet"), ("diazepam-oral-forms", "x")),
    (RXNORM, "197591"): (("diazepam", "diazepam 5 MG Oral Tablet"), ("diazepam-oral-forms", "x")),
    (RXNORM, "197589"): (("diazepam", "diazepam 10 MG Oral Tablet"), ("diazepam-oral-forms", "x")),
    (RXNORM, "309844"): (("diazepam", "diazepam 5 MG/ML Oral Solution"), ("diazepam-oral-forms", "x")),
    (RXNORM, "309845"): (("diazepam", "diazepam 5 MG/ML Injection"), ("diazepam-parenteral-forms", "x")),
    (RXNORM, "801961"): (("diazepam", "diazepam Rectal Gel"), ("diazepam-seizure-rescue-forms", "x")),
    (RXNORM, "6470"): (("benzodiazepines-other", "lorazepam"),),
    (RXNORM, "7804"): (("opioids", "oxycodone"),),
    (RXNORM, "3498"): (("sedating-antihistamines", "diphenhydramine"),),
    (SNOMED, "387264003"): (("diazepam", "diazepam"),),
    (SNOMED, "230690007"): (("stroke-acute", "stroke"),),
    (SNOMED, "91637004"): (("myasthenia-gravis", "myasthenia gravis"),),
    (SNOMED, "91251008"): (("non-pharmacological", "physical therapy"),),
    (ICD, "F41.1"): (("anxiety-disorders", "generalized anxiety disorder"),),
    (ICD, "M62.838"): (("muscle-spasm", "muscle spasm"),),
    (WHO, "I64"): (("stroke-acute", "stroke"),),
    (LOINC, "29463-7"): (("obs-body-weight", "body weight"),),
    (LOINC, "85354-9"): (("obs-systolic-pressure", "pressures"),),
    (LOINC, "8480-6"): (("obs-systolic-pressure", "systolic pressure"),),
    (LOINC, "2160-0"): (("labs-creatinine", "creatinine"),),
    (LOINC, "33914-3"): (("labs-egfr", "eGFR"),),
    (LOINC, "75626-2"): (("obs-alcohol", "AUDIT-C"),),
}
_OWN = (("no",), ("not",), ("without",), ("stop",), ("nor",), ("desmethyl",))
WORDS = {
    Vocabulary.DRUG: {
        "diazepam": ["diazepam", "valium"],
        "benzodiazepines-other": ["lorazepam"],
        "opioids": ["oxycodone", "morphine"],
        "sedating-antihistamines": ["diphenhydramine"],
        "buspirone": ["buspirone"],
    },
    Vocabulary.PROBLEM: {"myasthenia-gravis": ["myasthenia gravis"], "anxiety-disorders": ["anxiety"]},
    Vocabulary.REASON: {"anxiety-disorders": ["anxiety"], "muscle-spasm": ["spasm"], "procedure": ["mri"]},
    Vocabulary.REACTION: {"allergic-reaction": ["hives", "rash"], "myasthenia-gravis": ["myasthenia gravis"]},
    Vocabulary.ORDER: {
        "parenteral-words": ["iv", "injection"],
        "rescue-words": ["rectal", "nasal"],
        "topical-words": ["topical", "cream"],
        "taper-words": ["taper"],
    },
}


def _words() -> dict[Vocabulary, dict[str, tuple[Word, ...]]]:
    indexed: dict[Vocabulary, dict[str, tuple[Word, ...]]] = {}
    for vocabulary, sets in WORDS.items():
        for name, phrases in sets.items():
            for phrase in phrases:
                tokens = tuple(phrase.split())
                own = {"negations": _OWN, "reach": 2} if name == "diazepam" else {}
                word = Word(tokens=tokens, value_sets=(name,), **own)
                table = indexed.setdefault(vocabulary, {})
                table[tokens[0]] = (*table.get(tokens[0], ()), word)
    return indexed


TERMINOLOGY = Terminology(
    codes=CODES,
    prefixes={WHO: 3},
    systems={"urn:oid:2.16.840.1.113883.6.88": RXNORM, "urn:oid:2.16.840.1.113883.6.96": SNOMED},
    dotted=frozenset({ICD, WHO}),
    words=_words(),
    negations=(("no",), ("not",), ("denies",), ("family", "history")),
)


def _product(code: str, label: str, strength: str | None, form: Form = Form.ORAL, **more: object) -> Product:
    coding = Coding(system=RXNORM, code=code, display=label)
    mg = None if strength is None else Decimal(strength)
    return Product(coding=coding, label=label, form=form, strength_mg=mg, **more)  # type: ignore[arg-type]


PRODUCTS = {
    (RXNORM, one.coding.code): one
    for one in (
        _product("197590", "diazepam 2 mg tablet", "2", unit="tablet", tablet=True),
        _product("197591", "diazepam 5 mg tablet", "5", unit="tablet", tablet=True),
        _product("197589", "diazepam 10 mg tablet", "10", unit="tablet", tablet=True),
        _product("309844", "diazepam 5 mg/mL oral solution", "5", unit="mL", per_ml=True, mg_per_ml=Decimal(5)),
        _product("309845", "diazepam 5 mg/mL injection", "5", Form.PARENTERAL, unit="mL", mg_per_ml=Decimal(5)),
        _product("801961", "diazepam 10 mg rectal gel", "10", Form.RESCUE, unit="applicator", mg_per_ml=Decimal(5)),
        _product("202472", "Valium", None),
    )
}
READING = Reading(
    subject_set="diazepam",
    subject_words="diazepam",
    form_sets={
        "oral": "diazepam-oral-forms",
        "parenteral": "diazepam-parenteral-forms",
        "rescue": "diazepam-seizure-rescue-forms",
    },
    form_words={"parenteral": "parenteral-words", "rescue": "rescue-words"},
    form_routes={"26643006": "oral", "37161004": "rescue", "47625008": "parenteral"},
    course=CourseLimits(
        pack_rounding_days=7,
        calendar_months=4,
        calendar_months_days=120,
        run_gap_days=30,
        continuing_after_days=28,
        unknown_completed_days=30,
        lapsed_after_days=30,
    ),
    history_days=365,
    administered_within_hours=24,
    weight_set="obs-body-weight",
    weight_max_age_days=90,
    weight_max_age_days_under_two=30,
    ignored_when=("topical-words",),
    ignored_sets=("sedating-antihistamines",),
    units={
        "labs-egfr": "mL/min/{1.73_m2}",
        "labs-creatinine": "mg/dL",
        "obs-body-weight": "kg",
        "obs-alcohol": "1",
        "obs-systolic-pressure": "mm[Hg]",
    },
    observation_sets=("labs-egfr", "labs-creatinine", "obs-alcohol", "obs-body-weight", "obs-systolic-pressure"),
    service_sets=("non-pharmacological",),
    order_words=("taper-words",),
    own_note_marker="(Added by us.)",
)
_NO_PHRASES = Phrases(
    headings={}, sections={}, missing={}, unavailable={}, doubts={}, basis={}, sentences={}, footer=""
)
CONTENT = Content(
    release=Release(version="1", date=date(2026, 1, 1), reviewers=(), sha256="0"),
    hooks=(),
    rules=(),
    alternatives={},
    exemptions=Exemptions(names={}, matrix={}, strictest=frozenset(), params=None, holding=lambda facts, params: ()),
    reading=READING,
    terminology=TERMINOLOGY,
    value_set_codes={
        "diazepam": tuple(
            Coding(system=system, code=code) for (system, code), sets in CODES.items() if sets[0][0] == "diazepam"
        )
    },
    products=PRODUCTS,
    evidence={},
    override_reasons={},
    phrases=_NO_PHRASES,
    source_label="",
    source_url="",
    topic_system="",
)
