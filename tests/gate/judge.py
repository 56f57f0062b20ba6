"""The FHIR gate: two validators that nobody on this project wrote, run by node, found beside the clone."""

import json
import os
import re
import shutil
import subprocess
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import pytest

_ROOT = Path(__file__).parent.parent.parent
SHARED = Path(os.environ.get("GENESIS_SHARED", _ROOT.parent / "shared"))
SEEDED_ERRORS = SHARED / "data/fhir/seeded-errors"
_PROFILES = SHARED / "data/fhir/us-core-6.1.0-profiles"
_CANT_JUDGE = (
    "[USCoreProvenance] Invalid slice start before discriminator: ProvenanceTransmitter",
    "[USCorePractitionerRoleProfile] PractitionerRole Error evaluating invariant expression; ",
)
"""What the gate says of each Provenance and PractitionerRole, whatever is in it: it can't read the slices of the one
profile, nor compute `telecom or endpoint` of the other. The schema judges both."""
_FINDING = re.compile(r"^(?:REJECT|warn) +(\S+) ")


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the gate said: its exit code, its findings line by line, and how many resources it read."""

    code: int
    findings: tuple[str, ...]
    resources: int

    def against(self, name: str) -> list[str]:
        """The findings that name the file `name`."""
        return [line for line in self.findings if (match := _FINDING.match(line)) and match[1] == name]


def gate() -> Path:
    """The installed gate's program; skips the test where node or the gate is absent."""
    if shutil.which("node") is None:
        pytest.skip("node: not installed, so the FHIR gate can't judge")
    folder = Path(os.environ.get("GENESIS_FHIR_GATE", SHARED / "tools/fhir_gate"))
    if not (folder / "node_modules").is_dir() or not _PROFILES.is_dir():
        pytest.skip("FHIR gate: not installed (npm install in a copy of it, named by GENESIS_FHIR_GATE)")
    return folder / "gate.mjs"


def judge(files: Iterable[Path]) -> Verdict:
    """Runs the gate over JSON or NDJSON `files`."""
    ran = subprocess.run(
        ["node", gate(), "--profiles", _PROFILES, *files], capture_output=True, text=True, timeout=300, check=False
    )
    *findings, count = ran.stdout.splitlines() or [ran.stderr]
    assert re.match(r"\d+ resources, ", count), f"the gate did not finish: {count}\n{ran.stderr}"
    judged = tuple(line for line in findings if not any(words in line for words in _CANT_JUDGE))
    return Verdict(ran.returncode if judged or not findings else 0, judged, int(count.split()[0]))


def judge_resources(resources: Iterable[dict[str, object]], folder: Path) -> Verdict:
    """Runs the gate over `resources`, written to `folder` as NDJSON."""
    path = folder / "resources.ndjson"
    path.write_text("".join(json.dumps(resource) + "\n" for resource in resources))
    return judge([path])
