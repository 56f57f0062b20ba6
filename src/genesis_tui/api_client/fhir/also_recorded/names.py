"""Names of elements, extensions, code systems and dates in words."""

import re
from functools import lru_cache

from genesis_tui.api_client.fhir.values import moment
from genesis_tui.models.base.dates import Precision, clock, long_day, long_time
from genesis_tui.sanitize import one_line

_TYPE = re.compile(
    r"(?<=[a-z])(?:CodeableConcept|DateTime|Quantity|Boolean|String|Integer|Decimal|PositiveInt|UnsignedInt|Ratio"
    r"|SampledData|Attachment|Reference|Coding)$"
)
"""What a choice of types ends in, where it can't be a word of the name itself."""
_WORD = re.compile(r"[A-Z]{2,}(?![a-z])|[A-Z]?[a-z]+|[A-Z]+|\d+|[^\W\d_a-zA-Z]+")
_ZONE = re.compile(r"(?:[zZ]|[+-]\d\d:?\d\d)$")
_SYSTEMS = {
    "http://snomed.info/sct": "SNOMED CT",
    "http://loinc.org": "LOINC",
    "http://www.nlm.nih.gov/research/umls/rxnorm": "RxNorm",
    "http://hl7.org/fhir/sid/icd-10-cm": "ICD-10-CM",
    "http://hl7.org/fhir/sid/icd-10": "ICD-10",
    "http://hl7.org/fhir/sid/icd-9-cm": "ICD-9-CM",
    "http://hl7.org/fhir/sid/cvx": "CVX",
    "http://hl7.org/fhir/sid/mvx": "MVX",
    "http://hl7.org/fhir/sid/ndc": "NDC",
    "http://www.ama-assn.org/go/cpt": "CPT",
    "http://www.whocc.no/atc": "ATC",
    "http://www.ada.org/cdt": "CDT",
    "http://dicom.nema.org/resources/ontology/DCM": "DICOM",
    "http://unitsofmeasure.org": "UCUM",
}


@lru_cache(maxsize=2048)
def element_name(key: str) -> str:
    """`dosageInstruction` as `Dosage instruction`, `valueQuantity` as `Value`."""
    words = [word if word.isupper() and len(word) > 1 else word.lower() for word in _WORD.findall(_TYPE.sub("", key))]
    said = " ".join(words) or key
    return one_line(said[:1].upper() + said[1:])


@lru_cache(maxsize=512)
def extension_name(url: str) -> str:
    """The last part of an extension's url in words."""
    return element_name(re.split(r"[/#:]", url.rstrip("/#:"))[-1]) or one_line(url)


@lru_cache(maxsize=512)
def system_name(url: str) -> str:
    """A code system as people call it, else the last part of its url."""
    known = _SYSTEMS.get(url)
    return known if known else one_line(re.split(r"[/:]", url.rstrip("/:"))[-1] or url)


@lru_cache(maxsize=2048)
def date_words(text: str) -> str:
    """A FHIR date in words, its seconds too; what is no date stays as it is."""
    at = moment(text)
    if at.precision is Precision.NONE:
        return one_line(text)
    if len(text) > 10 and not _ZONE.search(text):
        return f"{long_day(at)} {one_line(text[11:])}"
    said = long_time(at)
    if at.precision is not Precision.TIME or not (at.instant.second or at.instant.microsecond):
        return said
    short = clock(at.instant)
    return said.replace(short, f"{short}:{at.instant.second:02}", 1)
