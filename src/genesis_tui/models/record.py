"""The record by section, as a person reads it: what each entry says, and which sections there are (REC-1)."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, tzinfo

from genesis_tui.models.base.dates import NEVER, Moment, long_time
from genesis_tui.models.base.files import Attachment
from genesis_tui.models.base.ledger import Ledger, LedgerLine, Missing, line_reasons, line_text, type_words
from genesis_tui.models.base.search import folded
from genesis_tui.models.results.ask_first import asks_words
from genesis_tui.models.results.result import (
    SAYS_MORE,
    Flag,
    Reading,
    Result,
    ResultKind,
    Results,
    Unreadable,
    flag_word,
    is_modified,
    main_value,
    reading_text,
    reading_word,
    result_word,
)
from genesis_tui.models.results.trends import ByCode, Origin, indexed

EARLIER = 200
"""Earlier values of a test that are listed."""
NOTHING_UNREADABLE = Unreadable()
NOTHING_RECORDED = "None recorded"


@dataclass(frozen=True, slots=True)
class Section:
    """One section of the record. `noun` stands in sentences: "No immunizations recorded"."""

    id: str
    title: str
    noun: str
    action: str = ""
    """The action (`FamilyMember.may`) that opens it; empty where it is made of what other sections hold."""
    kind: ResultKind | None = None
    """The kind of result that it lists, where its entries open in Results."""
    on_request: bool = False
    """True where it may be long and is asked for only when a person opens it."""

    @property
    def across(self) -> bool:
        """True where it gathers entries of the other sections."""
        return not self.action


SECTIONS = (
    Section("notes", "Clinical notes", "clinical notes", "results.read", ResultKind.NOTE),
    Section("labs", "Labs", "labs", "results.read", ResultKind.LAB),
    Section("radiology", "Radiology", "radiology reports", "results.read", ResultKind.RADIOLOGY),
    Section("pathology", "Pathology", "pathology reports", "results.read", ResultKind.PATHOLOGY),
    Section("reports", "Other reports", "other reports", "results.read", ResultKind.OTHER),
    Section("immunizations", "Immunizations", "immunizations", "immunizations.read"),
    Section("medications", "Medications", "medications", "medications.read"),
    Section("allergies", "Allergies", "allergies", "allergies.read"),
    Section("conditions", "Conditions", "conditions", "conditions.read"),
    Section("vitals", "Vital signs", "vital signs", "vitals.read"),
    Section("procedures", "Procedures", "procedures", "procedures.read"),
    Section("visits", "Visits", "visits", "visits.read"),
    Section("appointments", "Appointments", "appointments", "appointments.read"),
    Section("documents", "Documents", "documents", "documents.read"),
    Section("dental", "Dental", "dental care"),
    Section("careteam", "Care team", "care team", "careteam.read"),
    Section("careplans", "Care plans", "care plans", "plans.read"),
    Section("goals", "Goals", "goals", "plans.read"),
    Section("family-history", "Family history", "family history", "history.read"),
    Section("social", "Social history", "social history", "social.read"),
    Section("devices", "Devices", "devices", "devices.read"),
    Section("orders", "Orders", "orders", "orders.read"),
    Section("imaging", "Imaging studies", "imaging studies", "results.read"),
    Section("forms", "Questionnaires", "answered questionnaires", "forms.read"),
    Section("coverage", "Coverage", "coverage", "coverage.read"),
    Section("other", "Other", "other entries", "results.read", on_request=True),
    Section("community", "Community (JHIE)", "community records"),
    Section("va", "VA", "VA records"),
)
"""Every section there can be, in the order in which they show. Which of them a server offers it says itself."""

LEDGER = Section("ledger", "What is here, what is not", "types", "record.read", on_request=True)
"""The page that tells of every type what the server has of it and what became of that (REC-8)."""

_BY_ID = {section.id: section for section in (*SECTIONS, LEDGER)}
_REPORTS = ("DiagnosticReport",)
_TYPES = {
    ResultKind.NOTE: ("DocumentReference",),
    ResultKind.LAB: ("Observation", *_REPORTS),
    ResultKind.RADIOLOGY: _REPORTS,
    ResultKind.PATHOLOGY: _REPORTS,
    ResultKind.OTHER: _REPORTS,
}
"""The types that results of each kind are made of, as FHIR calls them."""
_BY_KIND = {section.kind: section for section in SECTIONS if section.kind is not None}


def section(id: str) -> Section:
    """The section called `id`. Raises KeyError for one that there is not."""
    return _BY_ID[id]


@dataclass(frozen=True, slots=True)
class Fact:
    """A label with what is known: words, or a time (`at`, of a span also `until`) that the reader's zone words."""

    label: str
    text: str = ""
    at: Moment | None = None
    until: Moment | None = None

    @property
    def said(self) -> str:
        """All of it in words, on the clock that it was recorded by."""
        ends = [long_time(moment) for moment in (self.at, self.until) if moment is not None]
        return " to ".join(ends) if len(ends) > 1 else f"{self.text} {ends[0]}".strip() if ends else self.text


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of a section."""

    key: str
    """`Type/id` of the resource that stands for it."""
    section: str
    title: str
    at: Moment
    state: str = ""
    """What has become of it: `Active`, `Resolved`, `Not done`; empty where that is nothing to speak of."""
    tone: str = ""
    """The colour of `state` as a theme's word: `muted`, `pending`, `abnormal`; empty for plain text."""
    flag: Flag = Flag.NORMAL
    summary: str = ""
    """The one thing to know besides the title: a dose, a value, a place."""
    group: str = ""
    """The heading that it stands under where a section has several."""
    facts: tuple[Fact, ...] = ()
    texts: tuple[tuple[str, str], ...] = ()
    """Headings with their paragraphs."""
    readings: tuple[Reading, ...] = ()
    """The measurements of one test, the latest first."""
    attachments: tuple[Attachment, ...] = ()
    tests: tuple[str, ...] = ()
    """`Type/id` of the tests of a result, whose values are among the facts."""
    unread: bool = False
    """Whether the server has a text of it that is still to be fetched."""
    asks: str = ""
    """REL-6: why it says nothing of what was found, where it is a result that asks before it opens."""
    community: str = ""
    """The partner it came from (JHIE-1); empty for what was made here."""
    imported: datetime | None = None
    corrected: bool = False
    modifiers: tuple[str, ...] = ()
    """What changes its meaning (REC-9): `Refuted`, `Do not take`, `Not given`. The title begins with these."""
    status: str = ""
    """What the record calls its status, also where that is the usual one: `Completed`."""
    status_code: str = ""
    """The same as FHIR calls it."""
    marks: frozenset[str] = frozenset()
    """Ids of the sections across sections that it is plainly part of: `dental`, `va`."""


@dataclass(frozen=True, slots=True)
class Entries:
    """All that is known of a section at one moment."""

    rows: tuple[Entry, ...] = ()
    fetched: datetime | None = None
    """When the server last answered; None while nothing is complete yet."""
    complete: bool = True
    """False while pages are still to come."""
    unreadable: Unreadable = NOTHING_UNREADABLE
    missing: tuple[Missing, ...] = ()
    """Types of the section that could not be had, or of which only a part came (REC-8)."""

    @property
    def lacking(self) -> bool:
        """Whether entries are missing, and not only names and origins of those that are here."""
        return any(not one.beside for one in self.missing)


def of_ledger(ledger: Ledger) -> Entries:
    """The ledger as a section: an entry a type, those first of which something is not here."""
    lines = sorted(ledger.lines, key=lambda line: (line.whole, not line.shows))
    rows = [_of_line(line) for line in lines]
    rows += [
        Entry(f"ledger/{kind}", LEDGER.id, type_words(kind), NEVER, tone="muted", group="Not offered by the server")
        for kind in ledger.not_offered
    ]
    return Entries(tuple(rows), ledger.fetched)


def _of_line(line: LedgerLine) -> Entry:
    counts = (("Server counted", line.counted), ("Came", line.given), ("Shown", line.shows))
    said = [Fact(label, f"{count:,}") for label, count in counts if count is not None]
    return Entry(
        key=f"ledger/{line.type}",
        section=LEDGER.id,
        title=type_words(line.type),
        at=NEVER,
        summary=line_text(line),
        group=_ledger_group(line),
        facts=(Fact("FHIR calls it", line.type), *said, *(Fact(*reason) for reason in line_reasons(line))),
    )


def _ledger_group(line: LedgerLine) -> str:
    if line.whole:
        return "All of it is here" if line.shows else "Nothing recorded"
    return "Not all of it is here"


def of_result(result: Result) -> Entry:
    """A row of Results as an entry of the section of its kind."""
    return Entry(
        key=result.key,
        section=_BY_KIND[result.kind].id,
        title=f"{SAYS_MORE}: {result.title}" if is_modified(result) else result.title,
        modifiers=(SAYS_MORE,) if is_modified(result) else (),
        at=result.at,
        state=result_word(result) or ("Not reviewed" if result.reviewed is False else ""),
        tone="abnormal" if result.flag.severity else "pending" if result.reviewed is False else "",
        flag=result.flag,
        summary=main_value(result),
        facts=(*_from(result), *(f for r in result.readings for f in _measured(r)), *missing_facts(result.missing)),
        texts=tuple(
            (head, text)
            for head, text in (
                ("", result.text),
                *((r.name, r.lines) for r in result.readings),
                *((f"Comment on {r.name}", r.note) for r in result.readings),
                ("Conclusion", result.conclusion),
            )
            if text
        ),
        attachments=result.files,
        tests=tuple(f"Observation/{reading.id}" for reading in result.readings),
        unread=result.unread,
        asks=asks_words(result) if result.asks else "",
        community=result.community,
        imported=result.imported,
        corrected=result.corrected,
        status_code=result.status,
    )


def _from(result: Result) -> tuple[Fact, ...]:
    pairs = (
        ("Kind", "" if result.document_type in result.title else result.document_type),
        ("By", result.author or result.performer),
        ("Ordered by", result.orderer),
        ("Read by", result.reader),
        ("Place", result.place),
        ("Specimen", result.specimen),
    )
    return tuple(Fact(label, text) for label, text in pairs if text)


def _counted(tests: list[Reading]) -> str:
    """What stands for a panel that has no value of its own."""
    return "1 test" if len(tests) == 1 else f"{len(tests)} tests"


def on_clock(entry: Entry, zone: tzinfo | None) -> Entry:
    """The entry with its times as a clock in `zone` shows them."""
    facts = (
        replace(fact, at=fact.at and fact.at.on_clock(zone), until=fact.until and fact.until.on_clock(zone))
        if fact.at or fact.until
        else fact
        for fact in entry.facts
    )
    return replace(entry, at=entry.at.on_clock(zone), facts=tuple(facts)) if zone else entry


def missing_facts(missing: Iterable[str]) -> tuple[Fact, ...]:
    """What belongs to a result and can't be had."""
    return tuple(Fact("Missing", one) for one in missing)


def _measured(reading: Reading) -> Iterator[Fact]:
    """A reading under its panel, and its parts where they are not its value already."""
    name = f"{reading.panel}: {reading.name}" if reading.panel else reading.name
    yield Fact(name, _value(reading))
    if not reading.joined:
        yield from (Fact(f"{name}: {part.name}", _value(part)) for part in reading.parts)


def entries_of(results: Results, kind: ResultKind) -> Entries:
    """The results of a kind as a section. What could not be read counts in the section of labs, once."""
    missing = tuple(one for one in results.missing if one.type in _TYPES[kind])
    rows = tuple(of_result(row) for row in results.rows if row.kind is kind)
    unreadable = results.unreadable if kind is ResultKind.LAB else NOTHING_UNREADABLE
    return Entries(rows, results.fetched, results.complete, unreadable, missing)


def _value(reading: Reading) -> str:
    word = reading_word(reading)
    return f"{reading_text(reading)}  {word}" if word else reading_text(reading)


def of_readings(
    section: str,
    readings: tuple[Reading, ...],
    members: Iterable[Reading] = (),
    missing: Iterable[str] = (),
    **more: object,
) -> Entry:
    """The measurements of one test, the latest first, as one entry (REC-5).

    Args:
        section: where it shows.
        readings: the test itself.
        members: the tests of the latest, where that is a panel.
        missing: what of that panel can't be had, in words.
        more: other fields of the entry.
    """
    latest = readings[0]
    tests = [reading for reading in members if reading.id != latest.id]
    texts = ((latest.name, latest.lines), ("Comment", latest.note))
    return Entry(
        key=f"Observation/{latest.id}",
        section=section,
        title=f"{SAYS_MORE}: {latest.name}" if latest.modified else latest.name,
        modifiers=(SAYS_MORE,) if latest.modified else (),
        at=latest.at,
        state=reading_word(latest) or flag_word(latest.flag),
        tone="abnormal" if latest.flag.severity else "",
        flag=latest.flag,
        summary=_counted(tests) if tests and latest.text == NOTHING_RECORDED else reading_text(latest),
        facts=(
            *(Fact(part.name, _value(part)) for part in latest.parts),
            *(f for r in tests for f in _measured(r)),
            *missing_facts(missing),
        ),
        texts=tuple((head, text) for head, text in texts if text),
        readings=readings,
        **more,  # type: ignore[arg-type]
    )


def measured(entries: Iterable[Entry]) -> ByCode:
    """The readings of these entries by code, as `trends.series_of` takes them."""
    return indexed((Origin(entry.key, entry.community), reading) for entry in entries for reading in entry.readings)


def among(section: Section, entries: tuple[Entry, ...]) -> tuple[Entry, ...]:
    """The entries that a section across sections gathers, newest first."""
    found = (e for e in entries if (e.community if section.id == "community" else section.id in e.marks))
    return tuple(sorted(found, key=lambda e: (e.at.instant, e.key), reverse=True))


def has_text(entry: Entry) -> bool:
    """Whether there is a text of it that can be read here, fetched or not."""
    return entry.unread or any(one.readable for one in entry.attachments)


def matching(entries: tuple[Entry, ...], words: str) -> tuple[Entry, ...]:
    """The entries that hold every one of the words, in whatever part a person can read."""
    wanted = folded(words).split()
    return tuple(e for e in entries if all(word in _all_of(e) for word in wanted)) if wanted else entries


def _all_of(entry: Entry) -> str:
    parts = [entry.title, entry.summary, entry.state, entry.group, entry.community]
    parts += [f"{fact.label} {fact.text}" for fact in entry.facts]
    parts += [text for _, text in entry.texts]
    return folded("\n".join(parts))
