"""People of the mock to sign in as."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Persona:
    """An invented person of the mock, with the sign-in to use."""

    name: str
    story: str
    method: str
    level: str
    username: str = ""
    password: str = ""
    state: str = ""
    """`locked`, `mismatch`, `support`, or empty."""
