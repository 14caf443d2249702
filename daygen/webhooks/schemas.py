"""What webhooks say over HTTP."""

from collections.abc import Sequence
from typing import Annotated, Any, Self

from pydantic import Field

from daygen.infra.http import Moment, Wire
from daygen.kit.ids import DeliveryId, EndpointId, EventId, JobId
from daygen.webhooks.model import Delivery, DeliveryState, Endpoint, EventType, Try

Url = Annotated[str, Field(min_length=1, max_length=2048, examples=["https://example.com/hooks"])]
EventTypes = Annotated[list[EventType], Field(max_length=50)]
Description = Annotated[str, Field(max_length=200)]


class NewEndpoint(Wire):
    """An endpoint to make. No `eventTypes` means all but `job.progress`."""

    url: Url
    event_types: Annotated[EventTypes, Field(default_factory=list)]
    description: Description = ""


class EndpointChanges(Wire):
    """What to change about an endpoint; what is left out stays."""

    url: Url | None = None
    event_types: EventTypes | None = None
    description: Description | None = None
    enabled: bool | None = None


class EndpointView(Wire):
    """An endpoint, without its secret; `disabledReason` says why nothing is sent there."""

    id: EndpointId
    url: str
    event_types: list[str]
    description: str
    enabled: bool
    disabled_reason: str | None
    created_at: Moment

    @classmethod
    def of(cls, endpoint: Endpoint) -> Self:
        """Show an endpoint."""
        return cls(
            id=endpoint.id,
            url=endpoint.url,
            event_types=list(endpoint.event_types),
            description=endpoint.description,
            enabled=endpoint.enabled,
            disabled_reason=endpoint.disabled_reason,
            created_at=endpoint.created_at,
        )


class EndpointWithSecret(EndpointView):
    """An endpoint with its secret, shown this once."""

    secret: str


class SecretView(Wire):
    """What signs requests to addresses that jobs name (`webhookUrl`)."""

    secret: str


class TryView(Wire):
    """One try of a delivery; `answer` is the beginning of what the receiver said."""

    number: int
    at: Moment
    outcome: str
    status_code: int | None
    latency_ms: int
    problem: str | None
    answer: str | None

    @classmethod
    def of(cls, one: Try) -> Self:
        """Show a try."""
        return cls(
            number=one.number,
            at=one.at,
            outcome=one.outcome,
            status_code=one.status,
            latency_ms=one.latency_ms,
            problem=one.problem,
            answer=one.answer,
        )


class DeliveryView(Wire):
    """One event on its way; `statusCode`, `latencyMs`, `problem`, `answer` are of the last try."""

    id: DeliveryId
    endpoint_id: EndpointId | None
    job_id: JobId | None
    event_id: EventId
    seq: int
    type: str
    status: DeliveryState
    attempts: int
    status_code: int | None
    latency_ms: int | None
    problem: str | None
    answer: str | None
    redelivery_of: DeliveryId | None
    created_at: Moment
    next_try_at: Moment | None
    finished_at: Moment | None

    @classmethod
    def of(cls, delivery: Delivery) -> Self:
        """Show a delivery."""
        return cls(**_facts(delivery))


class DeliveryWithTries(DeliveryView):
    """A delivery with its log."""

    tries: list[TryView]

    @classmethod
    def with_tries(cls, delivery: Delivery, tries: Sequence[Try]) -> Self:
        """Show a delivery and its log."""
        return cls(**_facts(delivery), tries=[TryView.of(one) for one in tries])


def _facts(delivery: Delivery) -> dict[str, Any]:
    return {
        "id": delivery.id,
        "endpoint_id": delivery.endpoint_id,
        "job_id": JobId.of(delivery.subject) if delivery.type.startswith("job.") else None,
        "event_id": delivery.event_id,
        "seq": delivery.seq,
        "type": delivery.type,
        "status": delivery.state,
        "attempts": delivery.tries,
        "status_code": delivery.status,
        "latency_ms": delivery.latency_ms,
        "problem": delivery.problem,
        "answer": delivery.answer,
        "redelivery_of": delivery.redelivery_of,
        "created_at": delivery.created_at,
        "next_try_at": delivery.next_try_at,
        "finished_at": delivery.finished_at,
    }
