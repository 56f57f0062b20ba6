"""All recipes by type: one table, read by `entries.entry_of`."""

from genesis_tui.api_client.fhir.recipe import Recipe
from genesis_tui.api_client.fhir.recipes_around import AROUND
from genesis_tui.api_client.fhir.recipes_care import CARE
from genesis_tui.api_client.fhir.recipes_medicines import MEDICINES

RECIPES: dict[str, Recipe] = {**MEDICINES, **CARE, **AROUND}
