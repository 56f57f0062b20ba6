"""What is being written while a world is built: the resources so far, their ids, and whose record it is."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from random import Random

from genesis_tui.mock_backend.rules.family.access import age
from genesis_tui.mock_backend.world.authored.catalogue import AuthoredClinic, AuthoredPerson, Drug, Facility, Staff
from genesis_tui.mock_backend.world.authored.records import Record, ReleaseMarks
from genesis_tui.mock_backend.world.base.calendar import Calendar
from genesis_tui.mock_backend.world.base.elements import imported, reference
from genesis_tui.mock_backend.world.base.world import Due, Json, Resource

_FIRST_ID = {
    "Observation": 40_000_000,
    "DiagnosticReport": 197_000_000,
    "DocumentReference": 198_000_000,
    "Binary": 199_000_000,
    "Encounter": 97_000_000,
    "MedicationRequest": 313_000_000,
    "MedicationDispense": 318_000_000,
    "Appointment": 4_800_000,
}
_ELSE_FROM = 6_000_000


@dataclass(frozen=True, slots=True)
class Directory:
    """Places and staff by key, with the ids of their resources."""

    facilities: dict[str, Facility]
    clinics: dict[str, tuple[AuthoredClinic, Facility]]
    staff: dict[str, Staff]
    drugs: dict[str, Drug]
    ids: dict[str, str]
    """Key of a facility or `lab:` and its key (Organization), a clinic (Location), staff (Practitioner), a drug
    (Medication), or `role:` and the key of staff (PractitionerRole)."""

    def who(self, key: str) -> Json:
        """A reference to a member of staff, as `Dr. Anna Okafor, MD`."""
        return reference("Practitioner", self.ids[key], staff_name(self.staff[key]))

    def clinic(self, key: str) -> Json:
        return reference("Location", self.ids[key], self.clinics[key][0].name)

    def organization(self, key: str) -> Json:
        return reference("Organization", self.ids[key], self.facilities[key].name)

    def laboratory(self, key: str) -> Json:
        return reference("Organization", self.ids[f"lab:{key}"], self.facilities[key].lab)

    def medication(self, key: str) -> Json:
        return reference("Medication", self.ids[key], self.drugs[key].name)

    def facility_of(self, staff: str) -> Facility:
        return self.clinics[self.staff[staff].clinic][1]


def staff_name(staff: Staff) -> str:
    """`Dr. Anna Okafor`."""
    return f"{staff.style} {staff.given} {staff.family}"


def display_name(person: AuthoredPerson) -> str:
    """`HARRIS, ELENA`, as references name a patient."""
    return f"{person.family}, {person.given}".upper()


@dataclass(slots=True)
class WorldBuilder:
    """The world as far as it is written."""

    calendar: Calendar
    directory: Directory
    resources: list[Resource] = field(default_factory=list)
    due: list[Due] = field(default_factory=list)
    rows: dict[str, list[dict[str, object]]] = field(default_factory=dict)
    _last: dict[str, int] = field(default_factory=dict)

    def new_id(self, kind: str) -> str:
        """The next id of a type: the same on every build, since building runs in one order."""
        number = self._last.get(kind) or _FIRST_ID.get(kind, _ELSE_FROM)
        self._last[kind] = number + 1
        return str(number)

    def zone(self, facility: str) -> str:
        return self.directory.facilities[facility].zone

    def add_row(self, table: str, **columns: object) -> None:
        self.rows.setdefault(table, []).append(columns)


@dataclass(slots=True)
class RecordBuilder:
    """One person's record while it is written."""

    builder: WorldBuilder
    person: AuthoredPerson
    authored: Record
    birth: date
    zone: str
    """The zone of the person's own facility."""
    noise: Random
    people: dict[str, AuthoredPerson]
    subject: Json = field(init=False)
    encounters: dict[int, Json] = field(default_factory=dict)
    """Day offset of a visit -> a reference to it, for what was ordered there."""
    written_up: list[list[Json]] = field(default_factory=list)
    """References to the Encounter of each authored visit, and to its note where that shows, for its appointment."""

    def __post_init__(self) -> None:
        self.subject = reference("Patient", self.person.id, display_name(self.person))

    def age(self, moment: datetime) -> int:
        """Whole years on the day of `moment`."""
        return age(self.birth, moment.date())

    def at(self, day: int, clock: str, facility: str = "", *, routine: bool = True) -> datetime:
        """An instant in the zone of `facility`, or of the person's own."""
        zone = self.builder.zone(facility) if facility else self.zone
        return self.builder.calendar.at(day, clock, zone, routine=routine)

    def put(
        self,
        body: Json,
        *,
        sensitive: bool = False,
        final_at: datetime | None = None,
        reviewed_at: datetime | None = None,
    ) -> None:
        """File a resource in this record."""
        self.builder.resources.append(Resource(body, self.person.id, sensitive, final_at, reviewed_at))


def due_at(record: RecordBuilder, days: int) -> datetime:
    """`days` times 24 hours from the start, in the zone of the patient's facility."""
    zone = record.at(0, "12:00").tzinfo
    return (record.builder.calendar.start + timedelta(days=days)).astimezone(zone)


def origin(record: RecordBuilder, issued: datetime, marks: ReleaseMarks) -> tuple[str, list[Json]]:
    """The partner's name and the extension with the time of import; empty for what is our own."""
    if not marks.partner:
        return "", []
    partner = record.builder.directory.facilities[marks.partner]
    return partner.name, [imported(issued + timedelta(days=marks.import_days))]


def review_time(issued: datetime, marks: ReleaseMarks) -> datetime | None:
    """When a clinician reviewed it; None where nobody has."""
    return None if marks.review_days is None else issued + timedelta(days=marks.review_days)
