"""The shape of the other data files: people, places, laboratory catalogue and kinds of thing.

Days are offsets from the world's start; a misspelt or unknown field fails the build.
"""

from msgspec import Struct, field

from genesis_tui.mock_backend.world.authored.records import Dose


class AuthoredAccount(Struct, frozen=True, forbid_unknown_fields=True):
    """A DS Logon of an invented person."""

    username: str
    password: str
    level: int = 2


class AuthoredPerson(Struct, frozen=True, forbid_unknown_fields=True):
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
    account: AuthoredAccount | None = None
    methods: list[str] = field(default_factory=list)
    deers: dict[str, str] = field(default_factory=dict)
    """What DEERS has otherwise: given, family, dod_id; `born_days` moves the birth date."""
    pcm: str = ""
    team: list[str] = field(default_factory=list)
    clinics: list[str] = field(default_factory=list)
    blocked: list[str] = field(default_factory=list)
    """Staff who were linked once and take no messages from this person any more (MSG-11)."""
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


class AuthoredGrant(Struct, frozen=True, forbid_unknown_fields=True):
    """Access that one adult gave another; offsets in days. `waits`: nobody has accepted it yet (FAM-12)."""

    giver: str
    receiver: str
    scope: str
    kind: str
    since: int
    until: int | None = None
    revoked: int | None = None
    waits: bool = False


class People(Struct, frozen=True, forbid_unknown_fields=True):
    """The whole of `people.json`."""

    people: list[AuthoredPerson]
    households: list[Household]
    grants: list[AuthoredGrant]


class Scheduling(Struct, frozen=True, forbid_unknown_fields=True):
    """APPT-2: what a clinic does by kind of visit, and its own settings. `referral`: kinds that it takes by referral
    alone, `ahead` days that it books ahead, `days` weekdays from Monday 0, `hours` local."""

    books: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)
    referral: list[str] = field(default_factory=list)
    ahead: int = 28
    days: str = "01234"
    hours: str = "08:00-12:00,13:00-16:20"
    video: bool = False
    sensitive: bool = False


class AuthoredVisitType(Struct, frozen=True, forbid_unknown_fields=True):
    """APPT-1: a kind of visit. `clipboard`: what is to be filled in before one that is booked here."""

    key: str
    title: str
    minutes: int
    clipboard: str = ""


class AuthoredClinic(Struct, frozen=True, forbid_unknown_fields=True):
    """A clinic, laboratory or pharmacy of a facility."""

    key: str
    name: str
    type: str
    type_name: str
    floor: str = ""
    """Where in the facility, as a line of its address."""
    phone: str = ""
    tracks: bool = True
    """Of a pharmacy: whether it tells how a refill gets on (RX-6)."""
    hours: str = ""
    """Of a pharmacy: weekdays from Monday 0 with local hours: `01234 08:00-12:00,13:00-17:00;5 09:00-13:00`."""
    scheduling: Scheduling | None = None


class PickUp(Struct, frozen=True, forbid_unknown_fields=True):
    """A pick-up point beside the pharmacies: `kind` is `locker` or `mail`."""

    key: str
    name: str
    kind: str
    place: str = ""
    phone: str = ""
    hours: str = ""
    """As a pharmacy's."""


class Facility(Struct, frozen=True, forbid_unknown_fields=True):
    """A military treatment facility, or a community partner."""

    key: str
    name: str
    city: str
    state: str
    country: str
    zone: str
    lab: str = ""
    clinics: list[AuthoredClinic] = field(default_factory=list)
    points: list[PickUp] = field(default_factory=list)
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
    """The whole of `places.json`."""

    visits: list[AuthoredVisitType]
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
    usual: float | None = None
    """What healthy people of this age and sex have, where it is not the test's own."""


class LabTest(Struct, frozen=True, forbid_unknown_fields=True):
    """A laboratory test, with what it measures in healthy people."""

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
    follows: tuple[str, float] | None = None
    """Another test and a factor: what it is where that one has a story and this one has none."""
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
    """The whole of `labs.json`."""

    tests: dict[str, LabTest]
    panels: dict[str, Panel]


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
    controlled: bool = False
    refrigerated: bool = False


class Kinds(Struct, frozen=True, forbid_unknown_fields=True):
    """The whole of `kinds.json`."""

    studies: dict[str, StudyKind]
    vaccines: dict[str, Vaccine]
    schedules: dict[str, list[Dose]]
    drugs: dict[str, Drug]
