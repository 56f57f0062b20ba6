"""`?`: the keys of the screen below, grouped."""

from typing import ClassVar

from genesis_tui.screens.base.text_dialog import TextDialog
from genesis_tui.screens.help.commands import commands, grouped
from genesis_tui.widgets.page import Para, heading


class KeysDialog(TextDialog):
    """Keys at the left, what they do at the right."""

    HEADING: ClassVar[str] = "Keys of this screen"

    def paras(self) -> list[Para]:
        stack = self.app.screen_stack
        below = stack[stack.index(self) - 1]
        paras: list[Para] = []
        for name, entries in grouped(commands(below)).items():
            paras += [Para(), heading(name)] if paras else [heading(name)]
            paras += [Para(c.text, label="  ".join(c.keys), label_role="accent bold") for c in entries]
        return paras
