"""One value whole: `enter` on a test whose value is a text."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, cast

from genesis_tui.models.base.dates import long_time
from genesis_tui.models.results.ask_first import asks_anew
from genesis_tui.models.results.result import Reading, range_text, reading_text, reading_word
from genesis_tui.models.sign_in import SignedIn
from genesis_tui.screens.base.text_dialog import TextDialog
from genesis_tui.widgets.page import Para, fact

if TYPE_CHECKING:
    from genesis_tui.screens.base.shell import Shell


class ValueDialog(TextDialog):
    """The value with its own line ends, and what belongs to it."""

    def __init__(self, reading: Reading, me: SignedIn | None) -> None:
        """`me`: who is signed in."""
        super().__init__()
        self.reading = reading
        self._me = me

    def on_screen_resume(self) -> None:
        """REL-6: after a lock it may not be open any more."""
        if asks_anew(self._me, cast("Shell", self.app).portal.sign_in.me):
            self.dismiss()

    def paras(self) -> Sequence[Para]:
        one = self.reading
        facts = (
            ("Flag", reading_word(one)),
            ("Reference", range_text(one.range)),
            ("Taken", long_time(one.at)),
            ("Comment", one.note),
        )
        told = (fact(label, text) for label, text in facts if text)
        return (Para(one.name, "bold"), Para(), Para(one.lines or reading_text(one)), Para(), *told)
