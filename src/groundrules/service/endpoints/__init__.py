"""What can be asked of the service, one topic a file; each has its `ENDPOINTS`."""

from groundrules.service.endpoint import Endpoint
from groundrules.service.endpoints import actions, approvals, communities, decisions, events, health, plans, settings

ENDPOINTS: tuple[Endpoint, ...] = (
    *events.ENDPOINTS,
    *actions.ENDPOINTS,
    *approvals.ENDPOINTS,
    *decisions.ENDPOINTS,
    *communities.ENDPOINTS,
    *settings.ENDPOINTS,
    *plans.ENDPOINTS,
    *health.ENDPOINTS,
)
