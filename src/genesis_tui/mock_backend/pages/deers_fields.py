"""The fields of a DEERS record on the pages that change it: their titles, and what may be typed."""

import re
from collections.abc import Mapping
from datetime import date

from sqlalchemy import RowMapping

FIXED = {"name": "Name", "birth_date": "Birth date", "dod_id": "DoD ID"}
"""Changed at an ID card office alone (DEERS-3)."""
CHANGED = {"address": "Address", "email": "E-mail", "phone": "Phone"}
"""Changed in milConnect too (DEERS-4)."""
_EMAIL = re.compile(r"[^@\s]{1,64}@[^@\s.]+(\.[^@\s.]+)+")
_PHONE = re.compile(r"\+?[0-9][0-9 ()-]{5,24}")
_NAME = re.compile(r"[^\W\d_](?:[^\W\d_]|[ .'-]){0,63}")


def held(row: RowMapping | None) -> dict[str, str]:
    """What DEERS holds of a person as text; empty for whom it does not know."""
    if row is None:
        return dict.fromkeys(("given", "family", *FIXED, *CHANGED), "")
    names = {name: str(row[name]) for name in ("given", "family", "birth_date", "dod_id", *CHANGED)}
    return names | {"name": f"{row['given']} {row['family']}"}


def wrong(fields: Mapping[str, str]) -> str:
    """Which of the fields of milConnect is wrong and how; empty where none is."""
    lines = fields["address"].split("\n")
    if not fields["address"] or len(lines) > 4 or any(len(line) > 80 for line in lines):
        return "Address: one to four lines of at most 80 characters."
    if _EMAIL.fullmatch(fields["email"]) is None:
        return "E-mail: write it as name@example.org."
    if fields["phone"] and _PHONE.fullmatch(fields["phone"]) is None:
        return "Phone: digits, with a + in front for other countries."
    return ""


def wrong_identity(fields: Mapping[str, str]) -> str:
    """Which of name, birth date and DoD ID is wrong and how; empty where none is."""
    for name, title in (("given", "Given name"), ("family", "Family name")):
        if _NAME.fullmatch(fields[name]) is None:
            return f"{title}: letters, blanks, hyphens."
    try:
        date.fromisoformat(fields["birth_date"])
    except ValueError:
        return "Birth date: year-month-day, as in 1988-04-30."
    if re.fullmatch(r"[0-9]{10}", fields["dod_id"]) is None:
        return "DoD ID: 10 digits."
    return ""
