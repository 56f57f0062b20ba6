"""The part of FHIR R4 that results are made of, tolerantly: unknown fields are skipped, missing ones have defaults.

Numbers stay the bytes they were sent as (`msgspec.Raw`), so that `5.40` prints as it was measured.
"""

from typing import Any

from msgspec import Raw, Struct

NOTHING = Raw()


class Coding(Struct, frozen=True, gc=False):
    """A code of a system."""

    system: str | None = None
    code: str | None = None
    display: str | None = None


class CodeableConcept(Struct, frozen=True):
    """CodeableConcept."""

    coding: list[Coding] = []
    text: str | None = None


class FhirQuantity(Struct, frozen=True, gc=False):
    """A number with its unit."""

    value: Raw = NOTHING
    comparator: str | None = None
    unit: str | None = None
    code: str | None = None


class Reference(Struct, frozen=True, gc=False):
    """A reference with what it prints as."""

    reference: str | None = None
    display: str | None = None


class FhirPeriod(Struct, frozen=True, gc=False):
    """Start and end, as precise as given."""

    start: str | None = None
    end: str | None = None


class FhirTiming(Struct, frozen=True):
    """The times of something that was done more than once."""

    event: list[str] = []


class Narrative(Struct, frozen=True):
    """A resource in words, as XHTML; `additional` where it says more than the elements do."""

    status: str = ""
    div: str = ""


class QuantityRange(Struct, frozen=True):
    """From one quantity to another; either may be open."""

    low: FhirQuantity | None = None
    high: FhirQuantity | None = None


class ReferenceRange(Struct, frozen=True, rename="camel"):
    """Limits, text and whom they apply to."""

    low: FhirQuantity | None = None
    high: FhirQuantity | None = None
    text: str | None = None
    type: CodeableConcept | None = None
    applies_to: list[CodeableConcept] = []
    age: QuantityRange | None = None


class Extension(Struct, frozen=True, gc=False):
    """The kinds of value that our own extensions use."""

    url: str = ""
    valueBoolean: bool | None = None
    valueInstant: str | None = None


class Meta(Struct, frozen=True):
    """Version, time and labels."""

    lastUpdated: str | None = None
    tag: list[Coding] = []


class Labelled(Struct, frozen=True):
    """What a server says about a resource of any type, beside its content."""

    meta: Meta = Meta()
    extension: list[Extension] = []


class Annotation(Struct, frozen=True, gc=False):
    """A remark."""

    text: str = ""


class Ratio(Struct, frozen=True):
    """A titre such as 1:128."""

    numerator: FhirQuantity | None = None
    denominator: FhirQuantity | None = None


class Measured(Struct, frozen=True, rename="camel"):
    """What Observation and its components have in common.

    What repeats from test to test (`code`, `value_quantity`, `interpretation`, `reference_range`) stays raw: it is
    decoded once for all.
    """

    code: Raw = NOTHING
    value_quantity: Raw = NOTHING
    value_string: str | None = None
    value_codeable_concept: CodeableConcept | None = None
    value_integer: Raw = NOTHING
    value_boolean: bool | None = None
    value_range: QuantityRange | None = None
    value_ratio: Ratio | None = None
    value_date_time: str | None = None
    value_time: str | None = None
    value_period: FhirPeriod | None = None
    value_sampled_data: Raw = NOTHING
    value_attachment: Raw = NOTHING
    value_reference: Reference | None = None
    modifier_extension: Raw = NOTHING
    data_absent_reason: CodeableConcept | None = None
    interpretation: Raw = NOTHING
    reference_range: Raw = NOTHING


class PatientHead(Struct, frozen=True, rename="camel"):
    """What reference ranges are chosen by."""

    id: str = ""
    gender: str = ""
    birth_date: str = ""


class Observation(Measured, frozen=True, rename="camel", kw_only=True):
    """A test with its value."""

    id: str
    resource_type: str = ""
    status: str = ""
    meta: Meta = Meta()
    subject: Reference = Reference()
    category: list[CodeableConcept] = []
    effective_date_time: str | None = None
    effective_instant: str | None = None
    effective_period: FhirPeriod | None = None
    effective_timing: FhirTiming | None = None
    issued: str | None = None
    based_on: list[Reference] = []
    has_member: list[Reference] = []
    specimen: Reference | None = None
    performer: list[Reference] = []
    note: list[Annotation] = []
    component: list[Measured] = []
    contained: Raw = NOTHING
    text: Raw = NOTHING
    extension: list[Extension] = []


class FhirAttachment(Struct, frozen=True, rename="camel"):
    """Content inline (`data`, base64) or by address."""

    content_type: str | None = None
    data: str | None = None
    url: str | None = None
    title: str | None = None
    size: Any = None


class DiagnosticReport(Struct, frozen=True, rename="camel"):
    """DiagnosticReport."""

    id: str
    resource_type: str = ""
    status: str = ""
    meta: Meta = Meta()
    subject: Reference = Reference()
    category: list[CodeableConcept] = []
    code: CodeableConcept = CodeableConcept()
    effective_date_time: str | None = None
    effective_period: FhirPeriod | None = None
    issued: str | None = None
    result: list[Reference] = []
    specimen: list[Reference] = []
    performer: list[Reference] = []
    results_interpreter: list[Reference] = []
    based_on: list[Reference] = []
    conclusion: str | None = None
    conclusion_code: list[CodeableConcept] = []
    presented_form: list[FhirAttachment] = []
    contained: Raw = NOTHING
    text: Narrative = Narrative()
    modifier_extension: list[Raw] = []
    extension: list[Extension] = []


class DocumentContent(Struct, frozen=True):
    """One rendering of a document."""

    attachment: FhirAttachment = FhirAttachment()


class DocumentContext(Struct, frozen=True, rename="camel"):
    """When and where what is described took place."""

    period: FhirPeriod | None = None


class DocumentReference(Struct, frozen=True, rename="camel"):
    """DocumentReference."""

    id: str
    resource_type: str = ""
    status: str = ""
    doc_status: str = ""
    meta: Meta = Meta()
    subject: Reference = Reference()
    type: CodeableConcept = CodeableConcept()
    category: list[CodeableConcept] = []
    date: str | None = None
    description: str | None = None
    author: list[Reference] = []
    custodian: Reference | None = None
    content: list[DocumentContent] = []
    context: DocumentContext = DocumentContext()
    contained: Raw = NOTHING
    text: Narrative = Narrative()
    modifier_extension: list[Raw] = []
    extension: list[Extension] = []


class Agent(Struct, frozen=True, rename="camel"):
    """Who brought a record in."""

    who: Reference = Reference()
    on_behalf_of: Reference = Reference()


class Provenance(Struct, frozen=True, rename="camel"):
    """Where records came from."""

    id: str = ""
    resource_type: str = ""
    target: list[Reference] = []
    recorded: str | None = None
    agent: list[Agent] = []


class Binary(Struct, frozen=True, rename="camel"):
    """Content wrapped in FHIR JSON."""

    resource_type: str = ""
    content_type: str = ""
    data: str = ""


class Link(Struct, frozen=True, gc=False):
    """A link of a Bundle."""

    relation: str = ""
    url: str = ""


class ObservationEntry(Struct, frozen=True):
    """An entry that should hold an Observation."""

    resource: Observation


class ReportEntry(Struct, frozen=True):
    """An entry that should hold a DiagnosticReport."""

    resource: DiagnosticReport


class DocumentEntry(Struct, frozen=True):
    """An entry that should hold a DocumentReference."""

    resource: DocumentReference


class ProvenanceEntry(Struct, frozen=True):
    """An entry that should hold a Provenance."""

    resource: Provenance


class Bundle(Struct, frozen=True, rename="camel"):
    """A page. Its entries are decoded one by one, each on its own account."""

    resource_type: str = ""
    total: object = None
    link: list[Link] = []
    entry: list[Raw] = []


class ResourceHead(Struct, frozen=True, rename="camel"):
    """Just enough of any resource to know what it is."""

    resource_type: str = ""
    id: object = ""


class Filed(Struct, frozen=True):
    """Just enough of any resource to know where it is filed."""

    category: list[CodeableConcept] = []


class FiledEntry(Struct, frozen=True):
    """An entry that is filed somewhere, or nowhere."""

    resource: Filed


class AnyEntry(Struct, frozen=True, rename="camel"):
    """An entry of whatever type."""

    resource: ResourceHead
    full_url: str | None = None
