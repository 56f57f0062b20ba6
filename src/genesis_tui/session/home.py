"""What is new and what lies ahead, for everybody whose record is open to the person."""

from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from genesis_tui.api_client.server import Server
    from genesis_tui.models.appointments.appointment import Appointments
    from genesis_tui.models.family import FamilyMember
    from genesis_tui.models.home import PersonNews
    from genesis_tui.session.messages.messaging import Messaging


class HomeNews:
    """The news of one server. Each call needs a sign-in."""

    def __init__(self, server: "Callable[[], Server]", messaging: "Callable[[], Messaging | None]") -> None:
        """`server` gives the one that somebody is signed in to, `messaging` what they write, where it is open."""
        self._server = server
        self._messaging = messaging

    async def news(self, member: "FamilyMember") -> "PersonNews":
        """What is new to the viewer in one person's record, what is not sent, and what comes in the next 14 days."""
        news = await self._server().home.news(member)
        messaging = self._messaging()
        return await messaging.with_unsent(news) if messaging is not None else news

    async def unsent(self, member: "FamilyMember", news: "PersonNews | None") -> "PersonNews":
        """What is known of a person's news, with what is not sent as it is here now; the server is not asked."""
        from genesis_tui.models.home import PersonNews

        messaging = self._messaging()
        known = news or PersonNews(member)
        return await messaging.with_unsent(known) if messaging is not None else known

    async def ahead(self, member: "FamilyMember") -> "Appointments":
        """What is booked and asked for of one person, for the agenda of the whole family."""
        from genesis_tui.models.appointments.appointment import AppointmentGroup

        agenda = await self._server().appointments.agenda(member.id)
        return replace(agenda, rows=tuple(row for row in agenda.rows if row.group is not AppointmentGroup.PAST))

    async def unread(self) -> tuple[int, int]:
        """How many results and messages are new, in all records that are open to the person (SESS-4).

        Raises:
            NotOffered: the server has no portal.
        """
        return await self._server().home.counts()
