"""What is read before access is given, ended, answered or asked for (FAM-5, FAM-12)."""

from collections.abc import Awaitable, Callable
from typing import ClassVar

from textual.binding import Binding, BindingType

from genesis_tui.models.family import AccessRequest, FamilyMember, Grant
from genesis_tui.screens.base.confirm import ActPreview, Confirm
from genesis_tui.screens.family.grant_form import Wish
from genesis_tui.screens.family.rows import day_words, grant_words
from genesis_tui.widgets.page import fact


class Waiting(Confirm):
    """What waits for an answer: `y` accepts it, `n` refuses it, `esc` leaves it waiting."""

    HEADING = "Waiting for your answer"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("y", "act", "do it", id="confirm.act"),
        Binding("n", "refuse", "refuse", id="waiting.refuse"),
        Binding("escape", "close", "later", id="waiting.later"),
    ]

    def __init__(
        self, preview: ActPreview, accept: Callable[[], Awaitable[object]], refuse: Callable[[], Awaitable[object]]
    ) -> None:
        """Each is awaited after its key."""
        super().__init__(preview, accept)
        self._refuse = refuse
        self.refused = False

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        return super().check_action("act" if action == "refuse" else action, parameters)

    def action_refuse(self) -> None:
        self.refused = True
        self._begin(self._refuse)


def offer_preview(me: FamilyMember, grant: Grant) -> ActPreview:
    """Accepting shows each to the other by name; refusing shows nothing."""
    facts = (fact("Until", f"{day_words(grant.until)}, or they end it" if grant.until else "they end it"),)
    final = (
        "Name and record show once you accept; until then nothing of either of you does. They see what you do in the"
        " record. Where you refuse, it can be offered again."
    )
    return ActPreview(me, f"Accept {grant.scope.value} access to {grant.giver}'s record", "accept", facts, final)


def answered_words(grant: Grant, *, accepted: bool) -> str:
    """What is said when the server has taken the answer."""
    return (
        f"{grant.giver}'s record is open to you." if accepted else f"You refused the access that {grant.giver} offered."
    )


def request_preview(me: FamilyMember, request: AccessRequest) -> ActPreview:
    """Nothing opens by saying yes here: what is given is asked about in the form."""
    final = "Giving it opens the form, filled in. Where you refuse, they are told nothing, and can ask again."
    act = f"{request.user_name} asks for {request.scope.value} access to your record"
    return ActPreview(me, act, "give access", (), final)


def give_preview(me: FamilyMember, wish: Wish) -> ActPreview:
    """Until they accept, each sees the other's user name."""
    facts = (fact("Until", day_words(wish.until) if wish.until else "you end it"),)
    final = "It opens nothing until they accept it under Family. You can end it here at any time."
    return ActPreview(me, f"Give {wish.scope.value} access to {wish.receiver}", "give access", facts, final)


def end_preview(me: FamilyMember, grant: Grant) -> ActPreview:
    """It holds from the next request on."""
    final = "Their next request is refused. You can give access again."
    facts = (fact("Access", grant_words(grant)),)
    return ActPreview(me, f"End the access of {grant.receiver}", "end access", facts, final)


def ask_preview(me: FamilyMember, wish: Wish) -> ActPreview:
    """Nobody learns by asking whether anybody has that name."""
    final = "They alone see that you ask, with your user name. You are not told whether anybody has this user name."
    return ActPreview(me, f"Ask {wish.receiver} for {wish.scope.value} access", "ask for access", (), final)
