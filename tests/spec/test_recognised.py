"""What the names and codes on a record mean to the rules: which drugs count as what, and what only looks like it."""

import pytest

from cds_service.domain.terminology import Vocabulary
from tests.spec.release import classes_of_code, classes_of_text, terminology

RXNORM = "http://www.nlm.nih.gov/research/umls/rxnorm"
ATC = "http://www.whocc.no/atc"


def drug(text):
    return classes_of_text(text, Vocabulary.DRUG)


@pytest.mark.parametrize(
    "name",
    [
        "Hydrocodone-acetaminophen 5-325 mg",
        "MS Contin",
        "Percocet 5/325",
        "Suboxone film",
        "Zubsolv 5.7 mg/1.4 mg",
        "Methadose",
        "tramadol HCl 50 mg",
        "Tylenol with Codeine #3",
        "buprenorphine and naloxone",
    ],
)
def test_opioids_by_name(name):
    assert "opioids" in drug(name)


@pytest.mark.parametrize(
    "name",
    [
        "loperamide 2 mg",
        "diphenoxylate/atropine",
        "naloxone nasal spray",
        "naltrexone",
        "methylnaltrexone",
        "naloxegol",
    ],
)
def test_what_acts_on_the_gut_or_against_opioids_is_no_opioid(name):
    assert "opioids" not in drug(name)


@pytest.mark.parametrize("code", ["N07BC01", "N07BC02", "N07BC05", "N07BC51"])
def test_opioids_classified_as_treatment_of_dependence(code):
    assert {"opioids", "opioid-dependence-treatment"} <= classes_of_code(ATC, code)


def test_the_same_drugs_for_pain_are_not():
    assert "opioids" in classes_of_code(ATC, "N02AE01")
    assert "opioid-dependence-treatment" not in classes_of_code(ATC, "N02AE01")


def test_buprenorphine_and_methadone_may_be_such_treatment_whatever_code_they_carry():
    assert {"opioids", "maintenance-opioids"} <= classes_of_code(RXNORM, "351267")
    assert {"opioids", "maintenance-opioids"} <= drug("Sublocade")
    assert "maintenance-opioids" not in drug("oxycodone")


@pytest.mark.parametrize("name", ["lorazepam 1 mg", "Xanax", "Klonopin", "chlordiazepoxide", "Librax", "midazolam"])
def test_other_benzodiazepines_by_name(name):
    assert "benzodiazepines-other" in drug(name)
    assert "rescue-benzodiazepines" not in drug(name)


@pytest.mark.parametrize("name", ["Nayzilam 5 mg", "midazolam nasal spray 5 mg", "buccal midazolam", "Buccolam"])
def test_benzodiazepines_kept_for_seizures_by_name(name):
    assert "rescue-benzodiazepines" in drug(name)


def test_benzodiazepines_kept_for_seizures_by_code():
    for code in ("2173494", "2173500"):
        assert {"benzodiazepines-other", "rescue-benzodiazepines"} <= classes_of_code(RXNORM, code)
    assert "rescue-benzodiazepines" not in classes_of_code(RXNORM, "311700")


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("Ambien CR", "z-drugs"),
        ("butalbital-acetaminophen-caffeine", "barbiturates"),
        ("Neurontin", "gabapentinoids"),
        ("Lyrica 75 mg", "gabapentinoids"),
        ("Benadryl", "sedating-antihistamines"),
        ("promethazine", "sedating-antihistamines"),
        ("Seroquel", "antipsychotics"),
        ("amitriptyline 25 mg", "tricyclics"),
        ("Soma", "muscle-relaxants-other"),
        ("Flexeril", "cyclobenzaprine"),
        ("Lioresal", "baclofen"),
        ("Zanaflex", "tizanidine"),
        ("Xyrem", "other-sedatives"),
        ("clonidine 0.1 mg", "alpha2-agonists"),
        ("duloxetine", "snris"),
        ("Effexor XR", "snris"),
        ("sertraline", "ssri"),
        ("lamotrigine", "antiepileptics"),
    ],
)
def test_drugs_that_act_on_the_brain_by_name(name, kind):
    assert kind in drug(name)


@pytest.mark.parametrize(
    ("brand", "substance"),
    [
        ("Neurontin 300 mg", "gabapentin"),
        ("Norco", "hydrocodone"),
        ("Ativan", "lorazepam"),
        ("Suboxone", "buprenorphine"),
    ],
)
def test_a_brand_is_called_by_its_substance_so_that_one_drug_is_one_drug(brand, substance):
    labels = {label for _, label in terminology().mentions((brand,), Vocabulary.DRUG)}
    assert labels == {label for _, label in terminology().mentions((substance,), Vocabulary.DRUG)} == {substance}


@pytest.mark.parametrize("name", ["mirtazapine", "trazodone", "vortioxetine"])
def test_other_antidepressants_are_no_snris(name):
    assert "antidepressants-other-serotonergic" in drug(name)
    assert "snris" not in drug(name)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("benzodiazepine withdrawal", "sedative-withdrawal"),
        ("taper off lorazepam", "sedative-withdrawal"),
        ("alcohol withdrawal", "alcohol-withdrawal"),
        ("tetanus", "tetanus"),
        ("febrile seizure", "seizure-disorders"),
        ("status epilepticus", "status-epilepticus"),
        ("premedication for colonoscopy", "procedural-sedation-context"),
        ("comfort care", "hospice-palliative"),
    ],
)
def test_reasons_in_words_that_make_an_order_right_as_it_is(text, kind):
    assert kind in classes_of_text(text, Vocabulary.REASON)


@pytest.mark.parametrize(
    "text", ["no alcohol withdrawal", "rule out seizure", "denies alcohol abuse", "not palliative"]
)
def test_what_is_denied_is_not_there(text):
    assert classes_of_text(text, Vocabulary.REASON) == set()
