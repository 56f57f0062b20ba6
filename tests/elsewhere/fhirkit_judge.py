"""What PyPI fhirkit-rs finds wrong: run by its own environment, with a resource a line on standard input.

Prints the faults as a JSON array.
"""

import json
import sys

import fhirkit

if __name__ == "__main__":
    read = fhirkit.parse_many([line for line in sys.stdin.buffer if line.strip()])
    print(json.dumps([f"{one.resource_type}/{one.id}: {issue}" for one in read for issue in one.issues]))
