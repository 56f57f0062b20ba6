"""The app whose Refills holds as many prescriptions as asked for: `refills_app 2000 STAMP --server URL`.

The rows are those of the server over and over, each with ten fills and under a name of its own, in one answer. The
file STAMP tells when that is there: the clock, and the CPU time used so far.
"""

import sys
import time
from itertools import cycle, islice
from pathlib import Path

import msgspec

from genesis_tui.__main__ import main
from genesis_tui.api_client.http import bounds
from genesis_tui.api_client.portal import refills as portal_refills
from genesis_tui.api_client.portal.refills import PrescriptionsJson
from genesis_tui.models.refills.prescription import Prescriptions

_COUNT, _STAMP, _FILLS = int(sys.argv.pop(1)), Path(sys.argv.pop(1)), 10


class _Many(PrescriptionsJson, frozen=True):
    """An answer with all rows."""

    def model(self) -> Prescriptions:
        every = (fill for row in cycle(self.prescriptions) for fill in msgspec.json.decode(row["fills"]))
        fills = list(islice(every, _FILLS))
        rows = [
            {**row, "id": f"bench-{number}", "drug": f"{row['drug']} {number}", "fills": fills}
            for number, row in enumerate(islice(cycle(self.prescriptions), _COUNT))
        ]
        body = msgspec.json.encode({"prescriptions": rows})
        del rows
        _STAMP.write_text(f"{time.perf_counter()} {time.process_time()}")
        return PrescriptionsJson.decoded(bounds.tree(body, portal_refills.prescriptions_shape())).model()


vars(portal_refills)["PrescriptionsJson"] = _Many

if __name__ == "__main__":
    main()
