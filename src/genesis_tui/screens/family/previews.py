"""What is read before access that was offered is answered, or access is asked for (FAM-12)."""

from genesis_tui.models.family import FamilyMember, Grant
from genesis_tui.screens.base.confirm import ActPreview
from genesis_tui.screens.family.grant_form import Wish
from genesis_tui.screens.family.rows import day_words
from genesis_tui.widgets.page import fact


def answer_preview(me: FamilyMember, grant: Grant, *, accepted: bool) -> ActPreview:
    """Accepting shows each to the other by name; refusing shows nothing."""
    facts = (fact("Until", day_words(grant.until) if grant.until else "they end it"),)
    if accepted:
        final = "Their record opens to you. They see your name, and what you do in the record."
        return ActPreview(me, f"Accept {grant.scope.value} access to {grant.giver}'s record", "accept", facts, final)
    final = "You get no access, and they do not see your name. It can be offered again."
    return ActPreview(me, f"Refuse {grant.scope.value} access to {grant.giver}'s record", "refuse", facts, final)


def answered_words(grant: Grant, *, accepted: bool) -> str:
    """What is said when the server has taken the answer."""
    return f"{grant.giver}'s record is open to you." if accepted else f"The access of {grant.giver} is refused."


def ask_preview(me: FamilyMember, wish: Wish) -> ActPreview:
    """Nobody learns by asking whether anybody has that name."""
    final = "They alone see that you ask, with your user name. You are not told whether anybody has this user name."
    return ActPreview(me, f"Ask {wish.receiver} for {wish.scope.value} access", "ask for access", (), final)
