"""Who to call: the right desk for each kind of problem (SUP-1, SUP-4). No number is here that no source gives."""

from typing import NamedTuple

CENTER = "Global Service Center"
PHONE = "1-800-600-9332"
HOURS = "24/7"


class HelpDesk(NamedTuple):
    """A kind of problem and who helps with it."""

    problem: str
    who: str
    how: str


DESKS = (
    HelpDesk(
        "Emergency",
        "911, or the nearest emergency room",
        "In a crisis call or text 988, the Suicide and Crisis Lifeline. Outside the United States call the local "
        "emergency number.",
    ),
    HelpDesk(
        "Signing in, this portal",
        f"{CENTER}, {PHONE}, {HOURS}",
        "Locked accounts, passwords, error messages, something that does not load. Say the request id if one shows; "
        "say nothing medical.",
    ),
    HelpDesk(
        "Name, birth date, address",
        "milConnect and your ID card office (DEERS)",
        "The portal shows what DEERS holds and can't change it.",
    ),
    HelpDesk(
        "Access to somebody's record",
        "The person themselves, once they are 18",
        "They give access under Family in their own sign-in. A guardian takes the papers to the patient's clinic.",
    ),
    HelpDesk(
        "Your health, a result, the record itself",
        "Your care team at the clinic",
        "The service center has no access to records and can't take medical questions.",
    ),
)
