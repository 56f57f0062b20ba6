"""`f1` on every screen, sign-in included: who to call for what (SUP-1, SUP-4)."""

from typing import ClassVar

from genesis_tui.models.support import CENTER, DESKS, HOURS, PHONE
from genesis_tui.screens.base.text_dialog import TextDialog
from genesis_tui.widgets.page import Para, heading


class CallDialog(TextDialog):
    """The service center on top, then each kind of problem with its own desk."""

    HEADING: ClassVar[str] = "Who to call"

    def paras(self) -> list[Para]:
        paras = [Para(f"{CENTER}, {HOURS}"), Para(PHONE, "bold")]
        for desk in DESKS:
            paras += [Para(), heading(desk.problem), Para(desk.who, "bold"), Para(desk.how)]
        return paras
