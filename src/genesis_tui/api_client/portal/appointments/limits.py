"""What a booking, a request and a clipboard may hold, as the portal's session says it (APPT-3, APPT-6, CLIP-2)."""

from typing import Any

import msgspec

from genesis_tui.api_client.portal.decoding import Decoder, count
from genesis_tui.models.appointments.limits import AppointmentLimits

_MOST = 100_000
"""What is more can't be meant, and no calendar reckons with it."""


def _few(value: Any) -> Any:
    number = count(value)
    if not isinstance(number, int) or not 0 <= number <= _MOST:
        raise msgspec.ValidationError("a limit that limits nothing")
    return number


_LIMITS = Decoder(
    AppointmentLimits,
    names={"reason": "reason_characters", "answer": "answer_characters"},
    read=dict.fromkeys(AppointmentLimits.__dataclass_fields__, _few),
)


def appointment_limits(told: Any) -> AppointmentLimits:
    """What the server tells; the usual ones where it does not."""
    return next(iter(_LIMITS.each([told])), AppointmentLimits())
