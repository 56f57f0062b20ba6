"""A message that says that an entry of the record is wrong (REC-7)."""

from typing import ClassVar

from genesis_tui.models.acts import Outgoing
from genesis_tui.session.acts.messages import CORRECTION, Messages


class Corrections(Messages):
    """It is sent as messages are, to the place for corrections."""

    name: ClassVar[str] = CORRECTION

    def named(self, act: Outgoing) -> str:
        return f"the correction to {act.draft.recipient or 'the care team'}"
