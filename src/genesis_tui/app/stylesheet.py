"""A stylesheet that reads each of its sources once for a theme."""

from textual.css.stylesheet import Stylesheet


class CalmStylesheet(Stylesheet):
    """Textual reads all styles again at the start and at every change of place; with the same variables in vain."""

    def set_variables(self, variables: dict[str, str]) -> None:
        """Take the variables of another theme; the same ones change nothing."""
        if variables != self._variables:
            super().set_variables(variables)
            self._require_parse = True
            self._rules_map = None

    def reparse(self) -> None:
        """What changed is read when rules are next asked for."""
