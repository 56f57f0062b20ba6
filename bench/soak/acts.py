"""R1 over every kind of act: `python -m bench.soak.acts [FAULTS]`, 10,000 by default.

It is the suite's own test with more faults, so that a kind which has a row there is soaked too.
"""

import os
import subprocess
import sys

from bench.figure import PYTHON

TEST = "tests/session/test_acts_through_faults.py"


def main() -> int:
    """Run it, and print how long each kind took."""
    faults = sys.argv[1] if len(sys.argv) > 1 else "10000"
    program = [PYTHON, "-m", "pytest", "-q", "-n", "0", "--durations=0", "--durations-min=0.1", TEST]
    return subprocess.run(program, env={**os.environ, "GENESIS_FAULTS": faults}, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
