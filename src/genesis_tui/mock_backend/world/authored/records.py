"""The shape of the records under `data/records/`: what happened to somebody and when, in days from the start.

A misspelt or unknown field fails the build.
"""

from typing import Any

from msgspec import Struct, field


class ReleaseMarks(Struct, frozen=True, forbid_unknown_fields=True):
    """What is particular about one report. Offsets in days; None: the usual."""

    status: str = "final"
    review_days: float | None = 1.0
    """From final to the review; None: not reviewed yet."""
    review_in: int | None = None
    """Days from the start at which the review comes (a due event)."""
    final_in: int | None = None
    """Days from the start at which a preliminary report becomes final (a due event)."""
    note: str = ""
    conclusion: str = ""
    partner: str = ""
    """Facility of a community partner that sent it."""
    import_days: int = 1
    corrects: dict[str, float | str] = field(default_factory=dict)
    """Values that a correction `correct_in` days from the start will give."""
    correct_in: int | None = None
    missing: list[str] = field(default_factory=list)
    """Results that a report of a panel names and that are nowhere to be had."""


class AuthoredLabs(Struct, frozen=True, forbid_unknown_fields=True):
    """Panels collected together on some days, with the values that make the story."""

    panel: str
    days: list[int]
    by: str = ""
    at: str = "07:40"
    facility: str = ""
    values: dict[str, float | str] = field(default_factory=dict)
    """Values of just this draw."""
    marks: ReleaseMarks = ReleaseMarks()
    alone: bool = False
    """A single observation without a report, as bedside tests are."""


class AuthoredFile(Struct, frozen=True, forbid_unknown_fields=True):
    """A file that comes with a note or a report: a PDF of one page, or a picture."""

    title: str
    text: str = ""
    """File of `data/texts` that the page says; a picture has none."""


class Study(Struct, frozen=True, forbid_unknown_fields=True):
    """A radiology or pathology report. `kind` names an entry of `studies` in `kinds.json`."""

    kind: str
    day: int
    by: str
    reader: str
    text: str
    conclusion: str
    at: str = "10:20"
    facility: str = ""
    hours: float = 20
    marks: ReleaseMarks = ReleaseMarks()
    files: list[AuthoredFile] = field(default_factory=list)
    """What comes with a report that is final."""


class Note(Struct, frozen=True, forbid_unknown_fields=True):
    """A clinical note of a visit; `text` names a file of `data/texts`."""

    text: str
    title: str = ""
    kind: str = "progress"
    status: str = "current"
    marks: ReleaseMarks = ReleaseMarks()
    files: list[AuthoredFile] = field(default_factory=list)
    """What comes with a note that is final."""


class Visit(Struct, frozen=True, forbid_unknown_fields=True):
    """An encounter with what came of it.

    `vitals`: systolic, diastolic, pulse, temperature °C, weight kg, height cm; 0 is not taken.
    """

    day: int
    reason: str
    by: str
    clinic: str
    at: str = "09:20"
    minutes: int = 30
    kind: str = "office"
    vitals: list[float] = field(default_factory=list)
    note: Note | None = None
    sensitive: bool = False


class Dose(Struct, frozen=True, forbid_unknown_fields=True):
    """An immunization given `day` days from the start, or at an age in days after birth (`aged`)."""

    vaccine: str
    day: int | None = None
    aged: int | None = None
    number: int = 1


class Stage(Struct, frozen=True, forbid_unknown_fields=True):
    """Where a request got to, and when: a day from the start, a clock time. What lies ahead comes by itself."""

    stage: str
    """`in-process`, `ready`, `picked-up`, `shipped`, `returned`; of a renewal `approved` or `denied`."""
    day: int
    at: str
    carrier: str = ""
    number: str = ""
    note: str = ""


class AuthoredRequest(Struct, frozen=True, forbid_unknown_fields=True):
    """A refill or renewal that somebody asked for. What was filled of it is no entry of the prescription's `fills`."""

    kind: str
    day: int
    at: str
    by: str = ""
    """Key of whoever asked; empty: the patient."""
    point: str = ""
    """Key of the pick-up point of a refill."""
    stages: list[Stage] = field(default_factory=list)


class AuthoredPrescription(Struct, frozen=True, forbid_unknown_fields=True):
    """A medication request with its fills."""

    drug: str
    day: int
    by: str
    sig: str
    reason: str = ""
    status: str = "active"
    days_supply: int = 90
    quantity: float = 90
    repeats: int = 3
    fills: list[int] = field(default_factory=list)
    requests: list[AuthoredRequest] = field(default_factory=list, name="asks")
    dosage: dict[str, object] = field(default_factory=dict)
    """FHIR's Dosage where it is told by its parts, in place of the words of `sig`."""
    pharmacy: str = ""
    origin: str = "order"
    """`order`, or `community` and `reported` for drugs recorded from elsewhere."""
    course: str = ""
    """`acute` where it is meant to end, as FHIR's courseOfTherapyType has it."""
    end: int | None = None


class AuthoredProblem(Struct, frozen=True, forbid_unknown_fields=True):
    """A condition of the problem list."""

    name: str
    snomed: str
    icd: str
    day: int
    status: str = "active"
    until: int | None = None
    partial: int = 0
    """4: only the year was recorded, 7: year and month."""


class Allergy(Struct, frozen=True, forbid_unknown_fields=True):
    """An allergy or intolerance."""

    name: str
    code: str
    system: str = "rxnorm"
    category: str = "medication"
    criticality: str = "low"
    reaction: str = ""
    reaction_code: str = ""
    severity: str = ""
    day: int | None = None
    partial: int = 0
    certainty: str = "confirmed"
    """Or `unconfirmed`, `refuted`."""
    note: str = ""


class AuthoredProcedure(Struct, frozen=True, forbid_unknown_fields=True):
    """A procedure that was done."""

    name: str
    snomed: str
    day: int
    by: str = ""
    facility: str = ""
    partial: int = 0


class AuthoredAppointment(Struct, frozen=True, forbid_unknown_fields=True):
    """An appointment, or the request for one (`status` proposed, with `wants`)."""

    what: str
    day: int
    clinic: str
    by: str = ""
    at: str = "10:00"
    minutes: int = 30
    status: str = "booked"
    sensitive: bool = False
    how: str = "in-person"
    """`in-person`, `video` or `phone`."""
    instructions: str = ""
    reason: str = ""
    """Why it is wanted, in the patient's words."""
    because: str = ""
    """Why it was cancelled, in words, and by whom: `pat` or `prov`."""
    because_code: str = "pat"
    made: int | None = None
    """Day on which it was booked or asked for; three weeks before it, or before the start, where it is not given."""
    ended: int | None = None
    """Day on which it was cancelled."""
    clipboard: str = ""
    """File of `data/clipboards` that is to be filled in before it."""
    wants: list[tuple[int, str]] = field(default_factory=list)
    """APPT-6: the half-days of a request, as (day, `am` or `pm`)."""
    visit: str = ""
    """Key of the visit type of a request, where its clinic takes requests for one."""


class AuthoredScale(Struct, frozen=True, forbid_unknown_fields=True):
    """A sum of a screening: its questions, what each code counts, and from which sum on it is told as what."""

    name: str
    questions: list[str]
    points: dict[str, int]
    bands: list[tuple[int, str]]


class AuthoredClipboard(Struct, frozen=True, forbid_unknown_fields=True):
    """A FHIR Questionnaire, and what its answers add up to, which it does not say itself."""

    questionnaire: dict[str, Any] = field(default_factory=dict)
    scales: list[AuthoredScale] = field(default_factory=list)


class AuthoredMessage(Struct, frozen=True, forbid_unknown_fields=True):
    """A message of a thread. `sender` is a person's key or a member of staff's; `to` whom a staff message is for."""

    sender: str
    day: int
    at: str
    body: str
    to: str = ""


class AuthoredThread(Struct, frozen=True, forbid_unknown_fields=True):
    """A thread of secure messages."""

    subject: str
    category: str
    recipient: str
    messages: list[AuthoredMessage] = field(name="letters")


class Social(Struct, frozen=True, forbid_unknown_fields=True):
    """Smoking status over the years: (day, SNOMED CT code and its name)."""

    day: int
    code: str
    name: str


class AuthoredEntry(Struct, frozen=True, forbid_unknown_fields=True):
    """Any other entry, authored as FHIR but for its id and for what hangs on the start of the world.

    In a string `{date:-26}`, `{month:-26}`, `{year:-26}` and `{time:-26 09:20}` are the day that many days from the
    start. An element `{"$who": "okafor"}` is a reference to staff; likewise `$clinic`, `$facility`, `$drug`,
    `$visit` (its day), `$entry` (the key of an entry before this one) and `$patient`.
    """

    body: dict[str, object]
    key: str = ""
    """What later entries of the record call this one."""
    name: str = ""
    """What a reference to this entry shows."""
    sensitive: bool = False
    final: int | None = None
    """Day on which it became final and was reviewed; None for what is not released by that rule."""
    partner: str = ""
    """Facility of a community partner that sent it."""


class Record(Struct, frozen=True, forbid_unknown_fields=True):
    """One person's record: `records/<key>.json`."""

    values: dict[str, list[tuple[int, float]]] = field(default_factory=dict)
    """Test -> anchor points (day, value); between them the value runs straight, with a little noise off the anchors."""
    draws: list[AuthoredLabs] = field(default_factory=list)
    studies: list[Study] = field(default_factory=list)
    visits: list[Visit] = field(default_factory=list)
    schedules: list[str] = field(default_factory=list)
    doses: list[Dose] = field(default_factory=list)
    prescriptions: list[AuthoredPrescription] = field(default_factory=list)
    problems: list[AuthoredProblem] = field(default_factory=list)
    allergies: list[Allergy] = field(default_factory=list)
    no_known_allergies: bool = False
    procedures: list[AuthoredProcedure] = field(default_factory=list, name="deeds")
    appointments: list[AuthoredAppointment] = field(default_factory=list, name="bookings")
    threads: list[AuthoredThread] = field(default_factory=list, name="talks")
    smoking: list[Social] = field(default_factory=list)
    entries: list[AuthoredEntry] = field(default_factory=list)
