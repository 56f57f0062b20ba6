"""One mock portal: its world, clock, policy, keys and sign-ins. The HTTP applications all work on this object."""

import secrets
import threading
from collections import Counter
from datetime import UTC, datetime
from functools import cache, cached_property
from typing import Any

from sqlalchemy import Connection

from genesis_tui.mock_backend.clock import Clock, from_micros, to_micros
from genesis_tui.mock_backend.database.engine import Database, image_of, open_database, replace_with
from genesis_tui.mock_backend.database.family.access import RecordAccessCache
from genesis_tui.mock_backend.database.family.audit import ALLOWED, AuditEvent, AuditLog
from genesis_tui.mock_backend.database.settings import read_setting, write_setting
from genesis_tui.mock_backend.database.sign_in import sessions
from genesis_tui.mock_backend.database.sign_in.codes import drop_codes_of
from genesis_tui.mock_backend.database.sign_in.passwords import password_hash
from genesis_tui.mock_backend.database.sign_in.proofing import close_questions
from genesis_tui.mock_backend.database.sign_in.usernames import name_secret
from genesis_tui.mock_backend.rules.decision import Decision, Refused
from genesis_tui.mock_backend.rules.policy import Policy
from genesis_tui.mock_backend.state.access_tokens import AccessTokens
from genesis_tui.mock_backend.state.authorization_codes import AuthorizationCodes
from genesis_tui.mock_backend.state.browser_sign_ins import BrowserSignIns
from genesis_tui.mock_backend.state.card_authority import CAS, CardAuthority
from genesis_tui.mock_backend.state.card_challenges import CardChallenges
from genesis_tui.mock_backend.state.device_codes import DeviceCodes
from genesis_tui.mock_backend.state.page_visits import PageVisits
from genesis_tui.mock_backend.state.request_log import RequestLog
from genesis_tui.mock_backend.state.signing_key import SigningKey, audience_of
from genesis_tui.mock_backend.world.base.load import load_world, put_lockouts
from genesis_tui.mock_backend.world.base.stored import StoredWorld
from genesis_tui.mock_backend.world.base.world import World
from genesis_tui.mock_backend.world.simulation.due_events import DueEvents

DEFAULT_ISSUER = "http://127.0.0.1:8801"
DEFAULT_SEED = 7
WORLD, CLOCK, KEY = "world", "clock", "signing_key"


class Mock:
    """Everything behind one running portal.

    `issuer` is the origin that clients reach it by (no slash at the end), `other_hosts` what else they may call it
    (`name:port`), `start` the first instant of its time, and
    `built_for` the instant that its world was built for: the same, or earlier on that day. The place of the clock is
    kept, so that a database in a file goes on where it stopped. `decoy_hash` is what the passwords of
    unknown names are checked against, at a real account's cost; were it made when first asked for, that name would
    cost two. `visits` are milConnect's, `at_counter` those of the ID card office. `revocations` counts how often
    everything of a person was ended: a sign-in that was being checked meanwhile does not count.
    """

    def __init__(self, database: Database, clock: Clock, *, seed: int, start: datetime, policy: Policy) -> None:
        self.database = database
        self.clock = clock
        self.policy = policy
        self.seed = seed
        self.start = start
        self.built_for = start
        self.issuer = DEFAULT_ISSUER
        self.other_hosts: frozenset[str] = frozenset()
        self.decoy_hash = _decoy_hash()
        self.tester_token = secrets.token_urlsafe(24)
        self.log = RequestLog()
        self.codes = AuthorizationCodes()
        self.sign_ins = BrowserSignIns()
        self.devices = DeviceCodes()
        self.visits = PageVisits()
        self.at_counter = PageVisits()
        self.revocations: Counter[str] = Counter()
        self.card_challenges = CardChallenges()
        self.card_authority = CardAuthority(database, clock, start)
        self.snapshots: dict[str, bytes] = {}
        self.importing = threading.Lock()
        self.access_tokens = AccessTokens(database, clock, lambda: self.key, lambda: self.issuer)
        self.record_access = RecordAccessCache(database, clock)
        self.audit = AuditLog(database)
        self.due = DueEvents(database, clock)

    @classmethod
    def create(
        cls,
        url: str = "sqlite://",
        *,
        seed: int = DEFAULT_SEED,
        start: datetime | None = None,
        frozen: bool = False,
        world: World | None = None,
    ) -> "Mock":
        """Open a database; an empty one gets a fresh world.

        Args:
            url: what `open_database` takes.
            seed: of the world; a database that holds one keeps its own.
            start: the world's first instant (aware); the present, cut to the minute, when None.
            frozen: whether the clock stands still until a tester moves it.
            world: what `build_world` gives for this seed and start, where it is there already.
        """
        database = open_database(url)
        with database.begin() as conn:
            kept, clock = read_setting(conn, WORLD), read_setting(conn, CLOCK)
        if kept is not None:
            seed, start = kept["seed"], from_micros(kept["start"])
        start = start or datetime.now(UTC).replace(second=0, microsecond=0)
        mock = cls(database, Clock(start, freeze=frozen), seed=seed, start=start, policy=Policy())
        if kept is None:
            mock.rebuild(world)
        else:
            mock.built_for = from_micros(kept.get("built_for", kept["start"]))
            mock.clock.freeze = clock["frozen"]
            mock.move_clock(_resumed(clock))
        return mock

    @classmethod
    def of_world(cls, world: StoredWorld, *, seed: int, start: datetime, frozen: bool = False) -> "Mock":
        """A mock in memory of a world that is stored for this seed and the days of this start."""
        database = open_database(tables=False)
        replace_with(database, world.image)
        mock = cls(database, Clock(start, freeze=frozen), seed=seed, start=start, policy=Policy())
        mock.built_for = world.since
        with database.begin() as conn:
            put_lockouts(conn, world.rows["lockout"], late=start - world.since)
            mock._write_world(conn)
        mock.move_clock(start)
        return mock

    @classmethod
    def of_image(cls, image: bytes) -> "Mock":
        """A mock in memory that goes on from a snapshot of another."""
        database, start = open_database(), datetime.now(UTC)
        mock = cls(database, Clock(start), seed=DEFAULT_SEED, start=start, policy=Policy())
        mock.restore(image)
        return mock

    @property
    def hosts(self) -> frozenset[str]:
        """What the Host header of a request may say. On loopback `localhost` is no name that others could lead here."""
        own = self.issuer.partition("://")[2]
        port = own.rpartition(":")[2]
        here = {f"localhost:{port}"} if own in (f"127.0.0.1:{port}", f"[::1]:{port}") else set()
        return self.other_hosts | {own} | here

    @property
    def fhir_base(self) -> str:
        """Base URL of the FHIR side, without a slash at the end."""
        return audience_of(self.issuer)

    @cached_property
    def key(self) -> SigningKey:
        with self.database.begin() as conn:
            jwk = read_setting(conn, KEY) or SigningKey.generate().jwk
            write_setting(conn, KEY, jwk)
        return SigningKey(jwk)

    @property
    def name_secret(self) -> bytes:
        with self.database.begin() as conn:
            return name_secret(conn)

    def rebuild(self, world: World | None = None) -> None:
        """Begin again: the same world, nobody signed in, and what has come due since its start applied."""
        now = self.clock.now()
        if world is None:
            from genesis_tui.mock_backend.world.build import build_world

            world = build_world(seed=self.seed, start=self.built_for, policy=self.policy)
        self.clock.set(self.built_for)
        with self.database.begin() as conn:
            kept = {name: read_setting(conn, name) for name in (KEY, *CAS.values())}
            load_world(self.database, world, self.clock, self.policy, late=self.start - self.built_for)
            for name, value in kept.items():
                if value is not None:
                    write_setting(conn, name, value)
            self._write_world(conn)
        self.forget_memory()
        self.move_clock(now)

    def _write_world(self, conn: Connection) -> None:
        start, built_for = to_micros(self.start), to_micros(self.built_for)
        write_setting(conn, WORLD, {"seed": self.seed, "start": start, "built_for": built_for})

    def move_clock(self, to: datetime) -> None:
        """Set the clock, forward or back, and keep where it stands; nothing else changes."""
        self.clock.set(to)
        place = {"at": self.clock.micros(), "real": _real(), "frozen": self.clock.freeze}
        with self.database.begin() as conn:
            write_setting(conn, CLOCK, place)

    def note(self, decision: Decision, what: str, *, who_id: str, for_id: str, request_id: str) -> None:
        """Write what a rule said of an act to the audit (AUD-1, FAM-10); ids are empty for nobody."""
        self.audit.add(self.event(decision, what, who_id=who_id, for_id=for_id, request_id=request_id))

    def event(self, decision: Decision, what: str, *, who_id: str, for_id: str, request_id: str) -> AuditEvent:
        """What a rule said of an act, as the audit has it."""
        outcome = (decision.reason or "not-found") if isinstance(decision, Refused) else ALLOWED
        return AuditEvent(self.clock.micros(), who_id, for_id, what, outcome, decision.rule, request_id)

    def end_session(self, session_id: str) -> None:
        """End a sign-in: none of its tokens works from now on."""
        with self.database.begin() as conn:
            sessions.end_session(conn, session_id, now=self.clock.micros())
        self.access_tokens.forget(session_id)

    def revoke_account(self, person_id: str, *, scripts: bool) -> None:
        """LOCK-6: end everything that is open in a person's name, whole or half done, whoever asks for it.

        Sign-ins and their tokens, milConnect, pages on which they have signed in, codes that were given and not used,
        devices that were allowed and have not come back. `scripts`: sign-ins for scripts too (SESS-4).
        """
        self.revocations[person_id] += 1
        now, kinds = self.clock.micros(), ("interactive", "offline") if scripts else ("interactive",)
        with self.database.begin() as conn:
            drop_codes_of(conn, person_id)
            close_questions(conn, person_id)
            rows = [row for kind in kinds for row in sessions.sessions_of(conn, person_id, kind=kind, now=now)]
        for row in rows:
            self.end_session(row.id)
        for half_done in (self.visits, self.sign_ins, self.codes, self.devices):
            half_done.revoke(person_id)

    def snapshot(self) -> bytes:
        """The whole database as it stands, clock included (SQLite only)."""
        self.audit.flush()
        self.move_clock(self.clock.now())
        return image_of(self.database)

    def restore(self, image: bytes) -> None:
        """Go back to a snapshot: its world, its sign-ins, its time."""
        self.audit.flush()
        replace_with(self.database, image)
        with self.database.begin() as conn:
            kept, clock = read_setting(conn, WORLD), read_setting(conn, CLOCK)
        self.seed, self.start = kept["seed"], from_micros(kept["start"])
        self.built_for = from_micros(kept.get("built_for", kept["start"]))
        self.forget_memory()
        self.__dict__.pop("key", None)
        self.clock.freeze = clock["frozen"]
        self.move_clock(from_micros(clock["at"]))

    def forget_memory(self) -> None:
        """Drop what is remembered of the database: it has been replaced by another."""
        for remembered in (self.codes, self.sign_ins, self.devices, self.visits, self.at_counter, self.card_challenges):
            remembered.clear()
        self.card_authority.begin_again(self.start)
        self.access_tokens.clear()
        self.audit.clear()
        self.due.forget()
        self.database.people_changed()

    def close(self) -> None:
        """Write what waits and close the database."""
        self.audit.flush()
        self.database.close()


@cache
def _decoy_hash() -> str:
    """Nobody's password; one for every mock of this process, as its hash costs what it is there to cost."""
    return password_hash(secrets.token_urlsafe(16))


def _real() -> int:
    return to_micros(datetime.now(UTC))


def _resumed(kept: dict[str, Any]) -> datetime:
    """Where a clock stands that was kept in an earlier run: it went on meanwhile unless it was frozen."""
    passed = 0 if kept["frozen"] else _real() - kept["real"]
    return from_micros(kept["at"] + max(0, passed))
