"""Remote proofing (ID-6): what is asked, and whether the answers match DEERS; the portal and the pages share it."""

from sqlalchemy import Connection

from genesis_tui.mock_backend.database.family.people import deers_row
from genesis_tui.mock_backend.database.sign_in import accounts as stored
from genesis_tui.mock_backend.mock import Mock
from genesis_tui.mock_backend.rules.decision import Allowed, Decision
from genesis_tui.mock_backend.rules.sign_in import accounts as rules
from genesis_tui.mock_backend.rules.sign_in.levels import Level


def prove(mock: Mock, person_id: str, answers: dict[str, str], *, premium: bool = False) -> tuple[Decision, int]:
    """ID-6: judge the answers, and raise the account's level where they match; with how often it may still fail."""
    policy, now = mock.policy.account, mock.clock.now()
    with mock.database.begin() as conn:
        failures = stored.proofing_failures(conn, person_id)
        decision = rules.may_prove(failures, policy, now, premium=premium)
        if isinstance(decision, Allowed) and rules.answers_match(known_to_deers(conn, person_id), answers):
            stored.set_level(conn, person_id, Level.PREMIUM)
        elif isinstance(decision, Allowed):
            stored.add_proofing_failure(conn, person_id, now)
            failures, decision = [*failures, now], rules.PROOFING_FAILED
    return decision, rules.proofings_left(failures, policy, now)


def known_to_deers(conn: Connection, person_id: str) -> dict[str, str]:
    """What DEERS holds that can be asked about."""
    row = deers_row(conn, person_id)
    return {} if row is None else {name: row[name] for name in ("birth_date", "dod_id", "address", "phone")}
