"""R1 over every kind of act, and over two parents at once: `python -m bench.soak.acts [FAULTS]`, 10,000 by default.

It is the suite's own tests with more faults, so that a kind which has a row there is soaked too.
"""

import os
import subprocess
import sys

from bench.figure import PYTHON

TESTS = ("tests/session/test_bookings_through_faults.py", "tests/session/test_acts_through_faults.py")


def main() -> int:
    """Run them, and print how long each took."""
    faults = sys.argv[1] if len(sys.argv) > 1 else "10000"
    shown = ("-q", "-n", "0", "-m", "long or not long", "--durations=0", "--durations-min=0.1")
    program = [PYTHON, "-m", "pytest", *shown, *TESTS]
    return subprocess.run(program, env={**os.environ, "GENESIS_FAULTS": faults}, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
