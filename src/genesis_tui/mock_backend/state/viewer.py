"""Who stands behind a request, as the access token says it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Viewer:
    """The person and the session of one verified token.

    `level` is 1 (Basic) or 2 (Premium), `role` `patient` or `support`. `only_patient` names the one patient of a
    `launch/patient` token and is None for a token that stands for a person (WIRE: `user/*.rs`).
    """

    person_id: str
    role: str
    level: int
    method: str
    session_id: str
    scopes: frozenset[str]
    only_patient: str | None
    client_id: str
