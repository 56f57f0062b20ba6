"""R6: two parents and a clinic write about one child, in any order, against a model of what each must be shown.

`python -m bench.soak.conversations [EXAMPLES] [STEPS]`, 200 of 50 steps by default.
"""

import sys
import time

from hypothesis.stateful import run_state_machine_as_test

from tests.portal.test_message_machine import MessageMachine, examples


def main() -> int:
    """Runs the machine; a fault ends it with the shortest steps that lead there."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 200
    steps = int(sys.argv[2]) if len(sys.argv) > 2 else 50
    start = time.monotonic()
    run_state_machine_as_test(MessageMachine, settings=examples(count, steps))
    print(f"{count} conversations of up to {steps} steps: 0 faults, {time.monotonic() - start:.0f} s")
    return 0


if __name__ == "__main__":
    sys.exit(main())
