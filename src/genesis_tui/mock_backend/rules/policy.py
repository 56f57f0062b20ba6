"""Every number in the rules, in one validated model that a scenario can change (tag D of PORTAL_RULES.md)."""

from datetime import date

from pydantic import BaseModel, ConfigDict, Field


class Part(BaseModel):
    """A group of numbers: frozen, and closed to names it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=False)


class LockPolicy(Part):
    """LOCK-1 to LOCK-3, LOCK-5."""

    tries: int = Field(5, ge=1)
    minutes: tuple[int, ...] = (30, 24 * 60, 30 * 24 * 60)
    offer_reset_from: int = Field(3, ge=1)


class FamilyPolicy(Part):
    """FAM-1 to FAM-4: whole years. FAM-12: days for which a request for access shows. AUD-1: days that a log shows."""

    teen_from: int = Field(12, ge=0)
    adult_from: int = Field(18, ge=1)
    request_days: int = Field(30, ge=1)
    log_days: int = Field(90, ge=1)


class ReleasePolicy(Part):
    """REL-1, REL-2."""

    effective: date = date(2026, 1, 1)
    delay_days: int = Field(3, ge=0)


class SessionPolicy(Part):
    """SESS-1, SESS-2, SESS-4, and the device grant (RFC 8628)."""

    access_seconds: int = Field(570, ge=1)
    refresh_throttle_seconds: int = Field(60, ge=0)
    refresh_rotates: bool = True
    refresh_reuse_seconds: int = Field(60, ge=0)
    idle_minutes: int = Field(15, ge=1)
    idle_warning_minutes: int = Field(2, ge=0)
    hours: int = Field(12, ge=1)
    offline_days: int = Field(90, ge=1)
    device_seconds: int = Field(600, ge=1)
    device_interval_seconds: float = Field(5, ge=0)


class AccountPolicy(Part):
    """ID-6, ID-7, ID-11, LOCK-4, LOCK-6."""

    password_characters: int = Field(15, ge=1)
    passwords_kept: int = Field(10, ge=0)
    code_minutes: int = Field(10, ge=1)
    code_tries: int = Field(3, ge=1)
    codes_a_day: int = Field(5, ge=1)
    tries_a_day: int = Field(15, ge=1)
    code_window_hours: int = Field(24, ge=1)
    contact_days: int = Field(30, ge=0)
    questions: int = Field(4, ge=1)
    choices: int = Field(5, ge=2, le=26)
    question_minutes: int = Field(3, ge=1)
    address_tries: int = Field(10, ge=1)
    """Registrations that one address may begin in a day."""
    proofing_failures: int = Field(3, ge=1)
    proofing_pause_hours: int = Field(24, ge=1)


class CardPolicy(Part):
    """ID-2, ID-3."""

    nonce_seconds: int = Field(60, ge=1)
    registering_minutes: int = Field(10, ge=1)


class BasicPolicy(Part):
    """ID-5: what a Basic account may read, by the categories of `rules.record`."""

    reads: frozenset[str] = frozenset({"demographics", "appointments", "immunizations", "medications"})


class MessagePolicy(Part):
    """MSG-3, MSG-5 to MSG-7, MSG-10: characters, bytes, business days until an answer is due, days a thread takes
    replies, and what makes the portal ask once more before it sends."""

    answer_days: int = Field(3, ge=1)
    reply_days: int = Field(45, ge=0)
    subject_characters: int = Field(50, ge=1)
    body_characters: int = Field(10_000, ge=1)
    files: int = Field(4, ge=0)
    file_bytes: int = Field(6 * 1024**2, ge=1)
    files_bytes: int = Field(10 * 1024**2, ge=1)
    folder_characters: int = Field(50, ge=1)
    staff_answers: bool = True
    """Whether the clinics answer by themselves."""
    staff_days: tuple[int, int] = (1, 3)
    """After how many business days, from and to."""
    emergency_words: tuple[str, ...] = (
        *("chest pain", "chest pressure", "pain in my chest", "my chest hurts", "difficulty breathing"),
        *("can't breathe", "cannot breathe", "can not breathe", "trouble breathing"),
        *("short of breath", "shortness of breath", "choking", "stroke", "face is drooping", "heart attack", "seizure"),
        *("unconscious", "passed out", "won't wake up", "bleeding heavily", "won't stop bleeding", "overdose"),
        *("poisoned", "anaphylaxis", "suicide", "suicidal", "kill myself", "killing myself", "end my life"),
        *("want to die", "hurt myself", "harm myself", "hurt someone"),
    )


class AppointmentPolicy(Part):
    """APPT-3, APPT-4, APPT-6, CLIP-2: days of a search, free slots told instead of one that is taken, what a request
    and an answer on a clipboard may hold; then what clinics do by themselves."""

    search_days: int = Field(60, ge=1)
    nearest: int = Field(5, ge=1)
    request_from: int = Field(5, ge=0)
    request_to: int = Field(120, ge=1)
    half_days: int = Field(3, ge=1)
    reason_characters: int = Field(250, ge=1)
    answer_characters: int = Field(10_000, ge=1)
    offers: int = Field(3, ge=1)
    staff_answers: bool = True
    """Whether scheduling teams answer requests by themselves."""
    staff_days: tuple[int, int] = (1, 2)
    """After how many business days, from and to."""
    reminder_days: int = Field(2, ge=0)
    """So many days before a visit its clinic reminds of it; 0 for never."""
    missed_percent: int = Field(5, ge=0, le=100)
    """How many of a hundred visits nobody comes to."""


class RefillPolicy(Part):
    """RX-3, RX-6, RX-7, RX-12: whole days, and the share of a supply that must be used up before the next fill; items
    of a batch and characters of a note; then what pharmacies and providers do by themselves."""

    renew_days: int = Field(120, ge=0)
    supply_percent: int = Field(75, ge=0, le=100)
    stock_days: int = Field(14, ge=1)
    supply_days: int = Field(7, ge=0)
    """So many days before a supply runs out, the portal says that nothing is asked yet."""
    course_days: int = Field(14, ge=0)
    """A course of at most so many days may end by itself, and nothing need be asked for after it."""
    batch: int = Field(50, ge=1)
    note_characters: int = Field(250, ge=0)
    staff_answers: bool = True
    """Whether pharmacies fill and providers decide by themselves."""
    staff_days: tuple[int, int] = (1, 2)
    """After how many business days a provider decides, from and to."""
    denied_percent: int = Field(10, ge=0, le=100)
    unclaimed_percent: int = Field(5, ge=0, le=100)
    """How many of a hundred fills nobody picks up."""


class SupportPolicy(Part):
    """SUP-1, SUP-2."""

    name: str = "Global Service Center"
    phone: str = "1-800-600-9332"
    hours: str = "24/7"


class ImportPolicy(Part):
    """What records from elsewhere do not say of their people."""

    zone: str = "America/New_York"


class Policy(Part):
    """The whole policy of a portal."""

    lock: LockPolicy = LockPolicy()
    family: FamilyPolicy = FamilyPolicy()
    release: ReleasePolicy = ReleasePolicy()
    session: SessionPolicy = SessionPolicy()
    account: AccountPolicy = AccountPolicy()
    card: CardPolicy = CardPolicy()
    basic: BasicPolicy = BasicPolicy()
    refill: RefillPolicy = RefillPolicy()
    message: MessagePolicy = MessagePolicy()
    appointment: AppointmentPolicy = AppointmentPolicy()
    support: SupportPolicy = SupportPolicy()
    imports: ImportPolicy = ImportPolicy()
