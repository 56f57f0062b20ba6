"""Becoming Premium, and what the portal and DEERS say of a person (ID-6, DEERS-2)."""

from typing import Any

from pydantic import AwareDatetime, Field

from genesis_tui.api_client.portal.client import Calls, of_patient, shaped
from genesis_tui.api_client.portal.decoding import Shape, Text, Words
from genesis_tui.api_client.portal.translate import each
from genesis_tui.models import family, sign_in


class _Question(Shape):
    id: Words
    text: Text
    hint: Text = ""


class _Proofing(Shape):
    questions: list[Any] = Field(default_factory=list)
    tries_left: int = 0


class _Level(Shape):
    level_title: Words


class _Field(Shape):
    title: Text
    portal: Text = ""
    deers: Text = ""
    same: bool = False


class _Error(Shape):
    title: Text = ""
    next: Text = ""


class _Deers(Shape):
    read_at: AwareDatetime | None = None
    before_at: AwareDatetime | None = None
    error: _Error | None = None
    fields: list[Any] = Field(default_factory=list)


class IdentityApi:
    """Calls in the name of the person signed in; each may raise what `Calls` raises."""

    def __init__(self, calls: Calls) -> None:
        """On the portal of one server."""
        self._calls = calls

    async def questions(self) -> sign_in.Proofing:
        """What is asked (ID-6); refused while proofing pauses."""
        found = await self._calls.get(_Proofing, "proofing")
        asked = tuple(sign_in.Question(q.id, q.text, q.hint) for q in each(_Question, found.questions))
        return sign_in.Proofing(asked, found.tries_left)

    async def prove(self, answers: dict[str, str]) -> str:
        """The level from now on (ID-6). Raises Refused: `proofing-failed`, `proofing-paused`."""
        return shaped(_Level, await self._calls.send("POST", "proofing", {"answers": answers})).level_title

    async def deers(self, patient_id: str) -> family.DeersView:
        """One's own record alone; reading it brings the portal up to date (DEERS-2)."""
        found = await self._calls.get(_Deers, of_patient(patient_id, "deers"))
        error = found.error or _Error()
        return family.DeersView(
            tuple(family.DeersField(f.title, f.portal, f.deers, f.same) for f in each(_Field, found.fields)),
            found.read_at,
            found.before_at,
            error.title,
            error.next,
        )
