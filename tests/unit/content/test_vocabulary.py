"""Codes and words of the real release: what they are recognised as, and what a card would call them."""

from pathlib import Path

import pytest

from cds_service.content.files import read
from cds_service.content.shapes import FactsFile, WordsFile
from cds_service.content.vocabulary import read_value_sets, terminology
from cds_service.domain.terminology import Concept, How, Vocabulary

HOOKS = Path(__file__).parents[3] / "hooks"
RXNORM = "http://www.nlm.nih.gov/research/umls/rxnorm"
SNOMED = "http://snomed.info/sct"
ICD10CM = "http://hl7.org/fhir/sid/icd-10-cm"
ICD10 = "http://hl7.org/fhir/sid/icd-10"


@pytest.fixture(scope="module")
def terms():
    faults = []
    words = read(HOOKS / "words.toml", HOOKS, WordsFile, faults)
    facts = read(HOOKS / "facts.toml", HOOKS, FactsFile, faults)
    value_sets = read_value_sets(HOOKS / "value_sets", faults)
    assert faults == []
    return terminology(value_sets, words, facts.codes)


def labels(terms, vocabulary, *, text="", code=None):
    codings = (terms.canonical(*code),) if code else ()
    classes = terms.classify(Concept(codings=codings, text=text), vocabulary)
    return {name: match.label for name, match in classes.items()}


class TestCodes:
    def test_a_drug_is_called_by_its_word_not_by_its_product(self, terms):
        assert labels(terms, Vocabulary.DRUG, code=(RXNORM, "1049621")) == {"opioids": "oxycodone"}

    def test_a_combination_is_called_by_the_ingredient_of_the_class(self, terms):
        for (system, _), entries in terms.codes.items():
            for name, label in entries:
                if name == "opioids" and system == RXNORM:
                    assert "acetaminophen" not in label.casefold()
                    assert "aspirin" not in label.casefold()

    def test_a_class_known_by_words_holds_coded_drugs_too(self, terms):
        tramadol = {code for code, entries in terms.codes.items() if ("serotonergic-opioids", "tramadol") in entries}
        assert len(tramadol) > 5
        assert all(dict(terms.codes[code])["opioids"] == "tramadol" for code in tramadol)

    def test_a_problem_loses_its_ending(self, terms):
        assert (
            labels(terms, Vocabulary.PROBLEM, code=(SNOMED, "230773005"))["spasticity-umn"] == "Spastic cerebral palsy"
        )

    @pytest.mark.parametrize(
        ("system", "code", "value_set"),
        [
            ("urn:oid:2.16.840.1.113883.6.88", "3322", "diazepam"),
            ("urn:oid:2.16.840.1.113883.6.96", " 387264003 ", "diazepam"),
            ("urn:oid:2.16.840.1.113883.6.73", "N05BA01", "diazepam"),
            (ICD10CM, "z8673", "stroke-history"),
            (ICD10CM, "I63.30", "stroke-acute"),
            (ICD10, "G41.0", "status-epilepticus"),
            (ICD10, "I64", "stroke-acute"),
            (ICD10, "I64.9", "stroke-acute"),
            (ICD10, "H40.2", "glaucoma-angle-closure"),
        ],
    )
    def test_spellings_and_systems(self, terms, system, code, value_set):
        assert value_set in labels(terms, Vocabulary.PROBLEM, code=(system, code))

    @pytest.mark.parametrize(
        ("system", "code", "value_set"),
        [
            (ICD10CM, "F10.21", "alcohol-use-disorder"),  # remission: left out on purpose, no prefix in ICD-10-CM
            (ICD10CM, "G45.4", "transient-ischemic-attack"),
            (ICD10CM, "I69.351", "spasticity-umn"),  # late effect of stroke, not confirmed spasticity
            (RXNORM, "387264003", "diazepam"),
            (RXNORM, "430902", "baclofen"),  # not verified
        ],
    )
    def test_what_is_not_in_a_set(self, terms, system, code, value_set):
        assert value_set not in labels(terms, Vocabulary.PROBLEM, code=(system, code))


class TestWords:
    @pytest.mark.parametrize("text", ["Valium 5 mg", "continue DIAZEPAM", "Diazepam Intensol 5 mg/mL", "(diazepam)"])
    def test_the_reviewed_drug_by_name(self, terms, text):
        assert "diazepam" in labels(terms, Vocabulary.DRUG, text=text)

    @pytest.mark.parametrize(
        "text",
        [
            "nordazepam",
            "desmethyldiazepam",
            "desmethyl-diazepam",
            "chlordiazepoxide",
            "no diazepam",
            "stop the diazepam",
        ],
    )
    def test_not_the_reviewed_drug(self, terms, text):
        assert "diazepam" not in labels(terms, Vocabulary.DRUG, text=text)

    def test_its_own_negations_reach_two_words(self, terms):
        assert "diazepam" in labels(terms, Vocabulary.DRUG, text="stop ibuprofen and start diazepam")

    @pytest.mark.parametrize(
        ("text", "value_set", "label"),
        [
            ("MS-Contin 15 mg", "opioids", "morphine"),  # by its substance, so that one drug is one drug
            ("Percocet", "opioids", "oxycodone"),
            ("fluvoxamine", "cyp1a2-inhibitors-strong", "fluvoxamine"),
            ("fluvoxamine", "ssri", "fluvoxamine"),
            ("Gablofen pump", "baclofen-intrathecal", "Gablofen"),
            ("sumatriptan 50 mg", "triptans", "sumatriptan"),
        ],
    )
    def test_drugs(self, terms, text, value_set, label):
        assert labels(terms, Vocabulary.DRUG, text=text)[value_set] == label

    @pytest.mark.parametrize(
        ("text", "value_set", "there"),
        [
            ("Generalized anxiety", "anxiety-disorders", True),
            ("denies anxiety", "anxiety-disorders", False),
            ("family history of stroke", "stroke-acute", False),
            ("rule out sleep apnea", "sleep-apnea", False),
            ("TIA 2019", "stroke-acute", False),
            ("CKD stage 4", "renal-impairment-severe", True),
            ("CKD stage 4", "renal-impairment-moderate", False),
            ("long-QT", "long-qt", True),
            ("pain", "chronic-pain", True),
            ("pain in the neck", "chronic-pain", False),
            ("chronic pain", "chronic-pain", True),
        ],
    )
    def test_problems(self, terms, text, value_set, there):
        assert (value_set in labels(terms, Vocabulary.PROBLEM, text=text)) is there

    def test_reasons_know_every_problem_and_more(self, terms):
        assert "muscle-spasm" in labels(terms, Vocabulary.REASON, text="back spasm")
        assert "insomnia" in labels(terms, Vocabulary.REASON, text="insomnia")
        assert "procedural-sedation-context" in labels(terms, Vocabulary.REASON, text="before MRI")
        assert labels(terms, Vocabulary.PROBLEM, text="insomnia") == {}

    def test_order_texts(self, terms):
        assert labels(terms, Vocabulary.ORDER, text="taper over 4 weeks") == {"taper-words": "taper"}
        assert "rescue-words" in labels(terms, Vocabulary.ORDER, text="10 mg rectal gel")

    def test_text_is_marked_as_text(self, terms):
        match = terms.classify(Concept(text="oxycodone"), Vocabulary.DRUG)["opioids"]
        assert (match.how, match.code) == (How.TEXT, "")
