"""Where providers tell us of orders."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Annotated

from fastapi import Path, Request, Response

from daygen.infra import telemetry
from daygen.infra.http import Db, TooLarge, responses, router
from daygen.jobs.callbacks import service
from daygen.jobs.callbacks.errors import CallbackForged, CallbackUnknown, CallbackUnverified
from daygen.jobs.callbacks.links import PATH, read_token
from daygen.providers import Unknown
from daygen.providers.callbacks import Forged, Receiver

routes = router("jobs")

LARGEST_BYTES = 256 * 1024

log = telemetry.get_logger(__name__)


@routes.post(
    PATH + "/{provider}/{token}",
    status_code=200,
    response_class=Response,
    responses={200: {"description": "Heard, now or before"}}
    | responses(CallbackUnknown, CallbackForged, CallbackUnverified, TooLarge),
)
async def hear_provider(
    request: Request,
    db: Db,
    provider: Annotated[str, Path(max_length=40)],
    token: Annotated[str, Path(max_length=100)],
) -> Response:
    """For providers: tell that an order may be done. The address is made by this house, the body signed by theirs."""
    receivers: Mapping[str, Receiver] = request.app.state.receivers
    ref = read_token(request.app.state.secret, provider, token)
    if ref is None or provider not in receivers:
        raise CallbackUnknown
    body = await _body(request)
    headers = {name.lower(): value for name, value in request.headers.items()}
    try:
        word = await receivers[provider].read(headers, body, datetime.now(UTC))
    except Forged as forged:
        log.warning("callback.forged", provider=provider, ref=ref, reason=str(forged))
        raise CallbackForged from forged
    except Unknown as unknown:
        raise CallbackUnverified from unknown
    async with db.transaction() as tx:
        news = await service.receive(tx, provider, ref, word)
    log.info("callback.heard", provider=provider, ref=ref, news=news)
    return Response(status_code=200)


async def _body(request: Request) -> bytes:
    body = bytearray()
    async for piece in request.stream():
        body += piece
        if len(body) > LARGEST_BYTES:
            raise TooLarge(f"A provider's word may have up to {LARGEST_BYTES} bytes.")
    return bytes(body)
