"""The app whose Refills holds as many prescriptions as asked for: `python -m bench.refills_app 2000 --server URL`.

The rows are those of the server over and over, each with ten fills and decoded by itself, under names of its own.
"""

import sys
from itertools import cycle, islice

from genesis_tui.__main__ import main
from genesis_tui.api_client.portal import refills as portal_refills
from genesis_tui.api_client.portal.refills import PrescriptionsJson
from genesis_tui.models.refills.prescription import Prescriptions

_COUNT, _FILLS = int(sys.argv.pop(1)), 10


class _Many(PrescriptionsJson, frozen=True):
    """An answer with all rows."""

    def model(self) -> Prescriptions:
        every = (fill for row in cycle(self.prescriptions) for fill in row["fills"])
        fills = list(islice(every, _FILLS))
        rows = [
            {**row, "id": f"bench-{number}", "drug": f"{row['drug']} {number}", "fills": fills}
            for number, row in enumerate(islice(cycle(self.prescriptions), _COUNT))
        ]
        return PrescriptionsJson(prescriptions=rows).model()


vars(portal_refills)["PrescriptionsJson"] = _Many

if __name__ == "__main__":
    main()
