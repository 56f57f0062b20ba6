"""Clipboards as they are told and taken: FHIR's Questionnaire and QuestionnaireResponse within the portal's rows."""

from datetime import date, datetime, time
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field
from typing_extensions import TypedDict

from genesis_tui.mock_backend.http.json import Can, Instant, RequestBody

LONGEST = 100_000
"""Characters that are read at all; policy says what an answer may have."""
_MOST = 200


class SubmittedBy(TypedDict):
    at: Instant
    by: str


class ClipboardListed(TypedDict):
    """`version` is 0 and `response` null before anything is answered; `asked` counts the questions asked by now."""

    id: str
    version: int
    appointment: str
    title: str
    what: str
    start: Instant | None
    zone: str
    answered: int
    asked: int
    saved: Instant | None
    submitted: SubmittedBy | None
    questionnaire: dict[str, Any]
    response: dict[str, Any] | None
    can: list[Can]


class ClipboardsAnswer(TypedDict):
    clipboards: list[ClipboardListed]
    unreadable: int


class ClipboardKept(TypedDict):
    id: str
    version: int
    saved: Instant


class ClipboardSubmitted(TypedDict):
    id: str
    version: int
    submitted: SubmittedBy


def _day(text: str) -> str:
    """A FHIR date that is one: a year, a month, or a day."""
    date.fromisoformat(text + "-01-01"[len(text) - 4 :] if len(text) < len("2026-12-02") else text)
    return text


def _moment(text: str) -> str:
    """A FHIR dateTime that is one; with a time it has a zone."""
    if "T" not in text:
        return _day(text)
    if datetime.fromisoformat(text).tzinfo is None:
        raise ValueError("a time of day needs a zone")
    return text


def _clock(text: str) -> str:
    time.fromisoformat(text)
    return text


_DATE = r"\d{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?)?"
_TIME = r"([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d{1,6})?"
FhirText = Annotated[str, Field(max_length=LONGEST, pattern=r"\S")]
FhirUri = Annotated[str, Field(max_length=LONGEST, pattern=r"^\S+$")]
FhirCode = Annotated[str, Field(max_length=200, pattern=r"^\S+( \S+)*$")]
FhirDate = Annotated[str, Field(pattern=f"^{_DATE}$"), AfterValidator(_day)]
FhirMoment = Annotated[
    str, Field(pattern=rf"^{_DATE}(T{_TIME}(Z|[+-](0\d|1[0-4]):[0-5]\d))?$"), AfterValidator(_moment)
]
FhirTime = Annotated[str, Field(pattern=f"^{_TIME}$"), AfterValidator(_clock)]
Number = Annotated[int | float, Field(ge=-1e15, le=1e15, allow_inf_nan=False)]
Whole = Annotated[int, Field(ge=-(2**31), lt=2**31)]


class CodingGiven(RequestBody):
    system: FhirCode | None = None
    version: FhirCode | None = None
    code: FhirCode | None = None
    display: FhirText | None = None


class QuantityGiven(RequestBody):
    value: Number
    unit: FhirText | None = None
    system: FhirCode | None = None
    code: FhirCode | None = None


class ReferenceGiven(RequestBody):
    reference: FhirCode | None = None
    display: FhirText | None = None


class AnswerGiven(RequestBody):
    """One answer: a value of one kind, and what is answered inside of it."""

    valueBoolean: bool | None = None
    valueDecimal: Number | None = None
    valueInteger: Whole | None = None
    valueDate: FhirDate | None = None
    valueDateTime: FhirMoment | None = None
    valueTime: FhirTime | None = None
    valueString: FhirText | None = None
    valueUri: FhirUri | None = None
    valueCoding: CodingGiven | None = None
    valueQuantity: QuantityGiven | None = None
    valueReference: ReferenceGiven | None = None
    item: list["ItemGiven"] = Field([], max_length=_MOST)


class ItemGiven(RequestBody):
    linkId: FhirText
    text: FhirText | None = None
    answer: list[AnswerGiven] = Field([], max_length=_MOST)
    item: list["ItemGiven"] = Field([], max_length=_MOST)


class ResponseGiven(RequestBody):
    """What is answered so far, as FHIR's QuestionnaireResponse has it; who, when and of whom the server adds."""

    resourceType: Literal["QuestionnaireResponse"]
    status: Literal["in-progress", "completed"]
    questionnaire: FhirCode | None = None
    item: list[ItemGiven] = Field([], max_length=_MOST)


class Filled(RequestBody):
    """A clipboard of `patient` as far as it is filled in."""

    patient: Annotated[str, Field(min_length=1, max_length=64)]
    response: ResponseGiven

    def items(self) -> list[dict[str, Any]]:
        """FHIR's items, without what is empty."""
        return [_plain(one) for one in self.response.item]


def _plain(item: ItemGiven) -> dict[str, Any]:
    told: dict[str, Any] = {"linkId": item.linkId}
    answers = [_answer(one) for one in item.answer]
    inside = [_plain(one) for one in item.item]
    return told | {name: found for name, found in (("answer", answers), ("item", inside)) if found}


def _answer(answer: AnswerGiven) -> dict[str, Any]:
    told = answer.model_dump(exclude_none=True, exclude={"item"})
    inside = [_plain(one) for one in answer.item]
    return told | ({"item": inside} if inside else {})
