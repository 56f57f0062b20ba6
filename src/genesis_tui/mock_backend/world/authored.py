"""The shape of the data files under `data/`: people, places and stories; days are offsets from the world's start.

A misspelt or unknown field fails the build.
"""

from msgspec import Struct, field


class Account(Struct, frozen=True, forbid_unknown_fields=True):
    """A DS Logon."""

    username: str
    password: str
    level: int = 2


class Person(Struct, frozen=True, forbid_unknown_fields=True):
    """Somebody the portal knows. `born` is (years, days): turns `years` on the day `days` from the start."""

    key: str
    id: str
    given: str
    family: str
    sex: str
    status: str
    born: tuple[int, int]
    dod_id: str
    facility: str
    middle: str = ""
    zone: str = ""
    """The person's own zone where it is not the facility's."""
    address: list[str] = field(default_factory=list)
    email: str = ""
    phone: str = ""
    race: str = ""
    ethnicity: str = "2186-5"
    marital: str = ""
    account: Account | None = None
    methods: list[str] = field(default_factory=list)
    deers: dict[str, str] = field(default_factory=dict)
    """What DEERS has otherwise: given, family, dod_id; `born_days` moves the birth date."""
    pcm: str = ""
    team: list[str] = field(default_factory=list)
    clinics: list[str] = field(default_factory=list)
    sharing: str = ""
    seen_before: int = -30
    last_visit: int | None = None
    order: int = 0
    """Place in the list of personas; 0 is not listed."""
    story: str = ""
    ways: str = ""
    state: str = ""
    locked_minutes: int = 0


class Household(Struct, frozen=True, forbid_unknown_fields=True):
    """Who is what to whom; parents have a parent's access to the children, as long as the rules say."""

    parents: list[str]
    children: list[str] = field(default_factory=list)
    married: bool = True


class GrantStory(Struct, frozen=True, forbid_unknown_fields=True):
    """Access that one adult gave another; offsets in days."""

    giver: str
    receiver: str
    scope: str
    kind: str
    since: int
    until: int | None = None
    revoked: int | None = None


class People(Struct, frozen=True, forbid_unknown_fields=True):
    """`people.json`."""

    people: list[Person]
    households: list[Household]
    grants: list[GrantStory]


class Clinic(Struct, frozen=True, forbid_unknown_fields=True):
    """A clinic, laboratory or pharmacy of a facility."""

    key: str
    name: str
    type: str
    type_name: str


class Facility(Struct, frozen=True, forbid_unknown_fields=True):
    """A military treatment facility, or a community partner."""

    key: str
    name: str
    city: str
    state: str
    country: str
    zone: str
    lab: str = ""
    clinics: list[Clinic] = field(default_factory=list)
    community: bool = False


class Staff(Struct, frozen=True, forbid_unknown_fields=True):
    """A practitioner. `specialty` is a SNOMED CT code with its name."""

    key: str
    given: str
    family: str
    style: str
    """How the name is led: `Dr.`, `Maj.`."""
    credential: str
    clinic: str
    specialty: str
    specialty_name: str


class Places(Struct, frozen=True, forbid_unknown_fields=True):
    """`places.json`."""

    facilities: list[Facility]
    staff: list[Staff]


class RangeRow(Struct, frozen=True, forbid_unknown_fields=True):
    """A reference range for a sex (empty: both) and an age from `since` up to but without `until` years."""

    sex: str = ""
    since: float = 0
    until: float = 200
    low: float | None = None
    high: float | None = None
    under: float | None = None
    """Normal is below this value; it prints as `< under`."""


class Test(Struct, frozen=True, forbid_unknown_fields=True):
    """A laboratory test."""

    name: str
    loinc: str
    display: str
    unit: str = ""
    ucum: str = ""
    digits: int = 0
    usual: float | None = None
    """What healthy people have; the middle of the range where it is not given."""
    spread: float = 0.04
    """Standard deviation of the noise, as a share of the value."""
    ranges: list[RangeRow] = field(default_factory=list)
    critical: tuple[float | None, float | None] = (None, None)
    formula: str = ""
    """The name of the function in `formulas` that computes it from the other tests."""
    words: list[str] = field(default_factory=list)
    """The normal answers of a test whose answer is a word; the first is the usual one."""
    positive: str = ""
    """The word that means a positive test (interpretation POS)."""


class Panel(Struct, frozen=True, forbid_unknown_fields=True):
    """Tests that are ordered and reported together."""

    name: str
    loinc: str
    display: str
    tests: list[str]
    specimen: str = "Blood"
    hours: float = 4.2
    """From collection to the final report."""


class Catalogue(Struct, frozen=True, forbid_unknown_fields=True):
    """`labs.json`."""

    tests: dict[str, Test]
    panels: dict[str, Panel]


class Marks(Struct, frozen=True, forbid_unknown_fields=True):
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


class Draw(Struct, frozen=True, forbid_unknown_fields=True):
    """Panels collected together on some days, with the values that make the story."""

    panel: str
    days: list[int]
    by: str = ""
    at: str = "07:40"
    facility: str = ""
    values: dict[str, float | str] = field(default_factory=dict)
    """Values of just this draw."""
    marks: Marks = Marks()
    alone: bool = False
    """A single observation without a report, as bedside tests are."""


class Study(Struct, frozen=True, forbid_unknown_fields=True):
    """A radiology or pathology report. `kind` names an entry of `studies.json`."""

    kind: str
    day: int
    by: str
    reader: str
    text: str
    conclusion: str
    at: str = "10:20"
    facility: str = ""
    hours: float = 20
    marks: Marks = Marks()


class Note(Struct, frozen=True, forbid_unknown_fields=True):
    """A clinical note of a visit; `text` names a file of `data/texts`."""

    text: str
    title: str = ""
    kind: str = "progress"
    status: str = "current"
    marks: Marks = Marks()


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


class Prescription(Struct, frozen=True, forbid_unknown_fields=True):
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
    pharmacy: str = ""
    origin: str = "order"
    """`order`, or `community` and `reported` for drugs recorded from elsewhere."""
    end: int | None = None


class Problem(Struct, frozen=True, forbid_unknown_fields=True):
    """A condition."""

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


class Deed(Struct, frozen=True, forbid_unknown_fields=True):
    """A procedure."""

    name: str
    snomed: str
    day: int
    by: str = ""
    facility: str = ""
    partial: int = 0


class Booking(Struct, frozen=True, forbid_unknown_fields=True):
    """An appointment."""

    what: str
    day: int
    by: str
    clinic: str
    at: str = "10:00"
    minutes: int = 30
    status: str = "booked"
    sensitive: bool = False


class Letter(Struct, frozen=True, forbid_unknown_fields=True):
    """A message of a thread. `sender` is a person's key or a member of staff's; `to` whom a staff message is for."""

    sender: str
    day: int
    at: str
    body: str
    to: str = ""


class Talk(Struct, frozen=True, forbid_unknown_fields=True):
    """A thread of secure messages."""

    subject: str
    category: str
    recipient: str
    letters: list[Letter]


class Social(Struct, frozen=True, forbid_unknown_fields=True):
    """Smoking status over the years: (day, code of `smoking.json`)."""

    day: int
    code: str
    name: str


class Record(Struct, frozen=True, forbid_unknown_fields=True):
    """One person's record: `records/<key>.json`."""

    values: dict[str, list[tuple[int, float]]] = field(default_factory=dict)
    """Test -> anchor points (day, value); between them the value runs straight, with a little noise off the anchors."""
    draws: list[Draw] = field(default_factory=list)
    studies: list[Study] = field(default_factory=list)
    visits: list[Visit] = field(default_factory=list)
    schedules: list[str] = field(default_factory=list)
    doses: list[Dose] = field(default_factory=list)
    prescriptions: list[Prescription] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    allergies: list[Allergy] = field(default_factory=list)
    no_known_allergies: bool = False
    deeds: list[Deed] = field(default_factory=list)
    bookings: list[Booking] = field(default_factory=list)
    talks: list[Talk] = field(default_factory=list)
    smoking: list[Social] = field(default_factory=list)


class StudyKind(Struct, frozen=True, forbid_unknown_fields=True):
    """A kind of imaging or pathology report. `group`: radiology or pathology."""

    name: str
    group: str
    section: str
    """The v2-0074 code of the service that did it, such as RAD, CT, NMR, SP."""
    section_name: str
    loinc: str = ""
    display: str = ""


class Vaccine(Struct, frozen=True, forbid_unknown_fields=True):
    """An immunization product."""

    name: str
    cvx: str
    display: str
    maker: str
    lot: str
    site: str = "left deltoid"
    dose: float = 0.5


class Drug(Struct, frozen=True, forbid_unknown_fields=True):
    """A drug as it is prescribed."""

    name: str
    rxnorm: str = ""
    display: str = ""
    unit: str = "tablet"


class Kinds(Struct, frozen=True, forbid_unknown_fields=True):
    """`kinds.json`."""

    studies: dict[str, StudyKind]
    vaccines: dict[str, Vaccine]
    schedules: dict[str, list[Dose]]
    drugs: dict[str, Drug]
