"""How webhooks refuse."""

from daygen.kit.problems import Conflict, NotFound
from daygen.webhooks.model import MOST_ENDPOINTS


class EndpointNotFound(NotFound):
    """No such endpoint in this workspace."""

    code = "webhooks.endpoint_not_found"
    title = "There is no such webhook endpoint"

    def __init__(self) -> None:
        super().__init__("There is no such webhook endpoint in this workspace.")


class DeliveryNotFound(NotFound):
    """No such delivery in this workspace, or it is no longer kept."""

    code = "webhooks.delivery_not_found"
    title = "There is no such delivery"

    def __init__(self) -> None:
        super().__init__("There is no such delivery in this workspace; they are kept for 30 days.")


class TooManyEndpoints(Conflict):
    """A workspace has a bounded number of endpoints."""

    code = "webhooks.too_many_endpoints"
    title = "Too many webhook endpoints"

    def __init__(self) -> None:
        super().__init__(f"A workspace may have {MOST_ENDPOINTS} webhook endpoints; delete one that is not needed.")


class EndpointGone(Conflict):
    """Where this was sent, nothing is sent any more."""

    code = "webhooks.endpoint_gone"
    title = "The endpoint is deleted or disabled"

    def __init__(self) -> None:
        super().__init__("The endpoint of this delivery is deleted or disabled; enable it first.")
