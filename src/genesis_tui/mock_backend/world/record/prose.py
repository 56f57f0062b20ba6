"""The texts of reports and notes, with what differs from person to person filled in."""

import re
from base64 import b64encode
from datetime import datetime

from genesis_tui.mock_backend.world.authored import read as files
from genesis_tui.mock_backend.world.base.builder import Chart
from genesis_tui.mock_backend.world.base.world import Json

_HOLDER = re.compile(r"\{([A-Za-z_]+)(?::([-+]?\d+))?\}")
_PRONOUNS = {
    "male": {"he": "he", "his": "his", "him": "him", "man": "man", "boy": "boy"},
    "female": {"he": "she", "his": "her", "him": "her", "man": "woman", "boy": "girl"},
}


def written(name: str, chart: Chart, moment: datetime, **values: object) -> str:
    """A text of `data/texts` about this person: `{age}`, `{he}`, `{his}`, `{name}`, `{day:-30}` and `values` filled in.

    Raises KeyError for a place-holder that nothing fills.
    """
    words = _PRONOUNS[chart.person.sex]
    known = {**words, **{k.capitalize(): v.capitalize() for k, v in words.items()}, **values}
    known |= {"name": f"{chart.person.given} {chart.person.family}", "age": chart.age(moment)}

    def fill(match: re.Match[str]) -> str:
        if match[1] == "day":
            return f"{chart.at(int(match[2]), '12:00'):%-d %b %Y}"
        return str(known[match[1]])

    return _HOLDER.sub(fill, files.text(name))


def attachment(text: str, title: str, created: str) -> Json:
    """The text inline, as FHIR carries it."""
    content = b64encode(text.encode()).decode()
    return {"contentType": "text/plain; charset=utf-8", "data": content, "title": title, "creation": created}
