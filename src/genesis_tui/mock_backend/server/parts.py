"""Every endpoint but FHIR's, for what the way to Home does not ask for."""

from genesis_tui.mock_backend.admin import routes as admin
from genesis_tui.mock_backend.oauth import routes as oauth
from genesis_tui.mock_backend.pages import card_office, forgot_password, milconnect
from genesis_tui.mock_backend.portal import routes as portal

ROUTES = [
    route for part in (oauth, portal, admin, forgot_password, milconnect, card_office) for route in part.router.routes
]
