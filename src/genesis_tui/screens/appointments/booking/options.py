"""The panes below the form: options under a cursor, and words beside them."""

from typing import ClassVar

from textual.binding import Binding, BindingType

from genesis_tui.screens.appointments.booking.choices import Choices, FormStep
from genesis_tui.screens.appointments.booking.rows import Option
from genesis_tui.widgets.page import Page, Para, heading
from genesis_tui.widgets.virtual_list import Gap, GroupHeading, VirtualList


class Options(VirtualList[Option | Gap | GroupHeading]):
    """Rows of which `enter` takes one."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("enter", "open", "choose", id="booking.take")]
    asked: tuple[FormStep, bool, bool] | None = None
    """What these were the options of: the row, whether a time is asked for, whether there were any."""


class BookingAside(Page):
    """What there is to know; it takes no keys."""

    DEFAULT_CSS = "BookingAside { width: 1fr; } BookingAside.beside { width: 40; }"
    can_focus = False


def asking_paras(choices: Choices, *, marking: bool) -> list[Para]:
    """What a request is."""
    if not marking:
        asks = choices.clinic is not None and choices.clinic.may("appointment.request").allowed
        words = "Where no slot suits, a asks the clinic for a time." if asks else "This clinic takes no requests."
        return [heading("Or ask for a time"), Para(words, "muted")]
    return [
        heading("Ask for a time"),
        Para("Mark one to three half-days, 5 to 120 days ahead."),
        Para("The scheduling team answers here: booked, up to three slots to choose from, or why not."),
    ]


def reason_paras(choices: Choices) -> list[Para]:
    """What the reason is for."""
    needed = "The clinic needs it." if choices.asking else "It may stay empty."
    return [
        Para(),
        Para(f"What it is about, in your words. {needed}"),
        Para("enter shows all of it before it is sent."),
    ]
