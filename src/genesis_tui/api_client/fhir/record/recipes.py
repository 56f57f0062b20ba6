"""All recipes by type: one table, read by `entries.entry_of`."""

from genesis_tui.api_client.fhir.record.mappings.care import CARE
from genesis_tui.api_client.fhir.record.mappings.mapping import Recipe
from genesis_tui.api_client.fhir.record.mappings.medications import MEDICINES
from genesis_tui.api_client.fhir.record.mappings.other import AROUND

RECIPES: dict[str, Recipe] = {**MEDICINES, **CARE, **AROUND}
