"""The courier: carries deliveries to their receivers, many streams at a time, each in its order, holding no slot."""

import asyncio
import email.utils
import json
import time
from collections import Counter
from datetime import UTC, datetime, timedelta
from uuid import UUID

from daygen import __version__, jobs
from daygen.infra import outbox, telemetry
from daygen.infra.db import OUTAGES, Database
from daygen.infra.egress import Answer, EgressClient, Failed, Refused
from daygen.infra.storage import Storage
from daygen.kit.clock import Clock
from daygen.kit.ids import BatchId, JobId, WorkspaceId
from daygen.webhooks import secrets, service
from daygen.webhooks.model import PROGRESS, Delivery, Outcome, Sending

MOST_AT_ONCE = 256
MOST_READ_BYTES = 64 * 1024
ANSWER_KEPT = 500
MARGIN = timedelta(seconds=5)  # for writing down what came of a try
GONE = 410
ASKING_TO_WAIT = {429, 503}

log = telemetry.get_logger(__name__)


class Courier:
    """Sends, and writes down what came of it. `scale` multiplies the pauses between tries."""

    def __init__(
        self, db: Database, egress: EgressClient, storage: Storage, secret: bytes, clock: Clock, *, scale: float = 1.0
    ) -> None:
        self._db = db
        self._egress = egress
        self._storage = storage
        self._secret = secret
        self._clock = clock
        self._scale = scale
        self._carrying: dict[asyncio.Task[None], WorkspaceId] = {}

    @property
    def lasting(self) -> timedelta:
        """How long a sender has a stream to itself: after that it is taken for dead."""
        return self._egress.patience.total + MARGIN

    @property
    def busy(self) -> int:
        """How many streams it is at."""
        return len(self._carrying)

    def has_room(self, workspace_id: WorkspaceId) -> bool:
        """Whether one more stream of this workspace may start.

        Of k workspaces with something on its way each may use 1/(k+1) of the room, so there is always some for the next
        one, however many receivers keep us waiting.
        """
        shares = Counter(self._carrying.values())
        others = len(shares.keys() - {workspace_id}) + 1
        return shares[workspace_id] < max(MOST_AT_ONCE // (others + 1), 1)

    def start(self, sending: Sending) -> None:
        """Carry a stream from here on, as far as it goes without waiting."""
        task = asyncio.create_task(self._carry(sending))
        self._carrying[task] = sending.stream.workspace_id
        task.add_done_callback(self._carrying.pop)

    async def idle(self) -> None:
        """Wait until nothing is on its way."""
        while self._carrying:
            await asyncio.wait(list(self._carrying))

    async def stop(self, grace: timedelta) -> None:
        """Let what is on its way arrive, for a while; the rest is given back, not counted as tried."""
        if self._carrying:
            await asyncio.wait(list(self._carrying), timeout=grace.total_seconds())
        left = list(self._carrying)
        for task in left:
            task.cancel()
        await asyncio.gather(*left, return_exceptions=True)

    async def _carry(self, sending: Sending) -> None:
        going: Sending | None = sending
        with telemetry.bound(workspaceId=str(sending.stream.workspace_id)):
            try:
                while going is not None:
                    outcome = await self._try(going)
                    telemetry.count_webhook(outcome.name)
                    async with self._db.transaction() as tx:
                        following = await service.record(tx, going, outcome, scale=self._scale, lasting=self.lasting)
                    going = following if isinstance(following, Sending) else None
            except asyncio.CancelledError:
                if going is not None:
                    await self._give_back(going)
                raise
            except OUTAGES as error:  # the stream's task takes over; the receiver may be told twice
                log.warning("webhooks.unrecorded", reason=str(error))
            except Exception:
                log.exception("webhooks.failed")
                telemetry.count_error("webhooks.failed")

    async def _give_back(self, sending: Sending) -> None:
        try:
            async with self._db.transaction() as tx:
                await service.release(tx, sending)
        except OUTAGES as error:
            log.warning("webhooks.unrecorded", reason=str(error))

    async def _try(self, sending: Sending) -> Outcome:
        """Send a delivery once: the same id every time, signed anew."""
        delivery = sending.delivery
        body = await self._body(delivery)
        now = int(self._clock.now().timestamp())
        message_id = str(delivery.event_id)
        owner = sending.secret.owner
        keys = [secrets.derive(self._secret, owner, generation) for generation in sending.secret.generations]
        headers = {
            "Content-Type": "application/json",
            "User-Agent": f"DayGen/{__version__}",
            "webhook-id": message_id,
            "webhook-timestamp": str(now),
            "webhook-signature": secrets.sign(keys, message_id, now, body),
        }
        began = time.perf_counter()
        try:
            answer = await self._egress.send(
                "POST", sending.url, headers=headers, body=body, most_bytes=MOST_READ_BYTES
            )
        except Refused as refused:
            return Outcome("refused", _ms(began), problem=f"not sent: {refused}")
        except Failed as failed:
            return Outcome(failed.kind, _ms(began), problem=str(failed))
        return _outcome(answer, self._clock.now())

    async def _body(self, delivery: Delivery) -> bytes:
        """An event as it leaves the house, with links that are fresh at every try."""
        data = dict(delivery.data)
        if delivery.type == PROGRESS:
            data["jobId"] = str(JobId.of(delivery.subject))
            data["batchId"] = str(BatchId.of(UUID(data["batchId"]))) if data.get("batchId") else None
        data = await jobs.show_event(self._storage, data)
        event = outbox.envelope(
            delivery.event_id, delivery.seq, delivery.type, delivery.event_at, delivery.workspace_id, data
        )
        return json.dumps(event, ensure_ascii=False, separators=(",", ":")).encode()


def _outcome(answer: Answer, now: datetime) -> Outcome:
    latency_ms = round(answer.took.total_seconds() * 1000)
    told = _told(answer.body)
    if 200 <= answer.status < 300:  # noqa: PLR2004 - what HTTP calls successful
        return Outcome("delivered", latency_ms, answer.status, answer=told)
    problem = f"the receiver answered {answer.status}"
    if 300 <= answer.status < 400:  # noqa: PLR2004 - what HTTP calls a redirect
        problem += "; redirects are not followed"
    wait = _retry_after(answer.headers.get("retry-after", ""), now) if answer.status in ASKING_TO_WAIT else None
    gone = answer.status == GONE
    return Outcome("gone" if gone else "answered", latency_ms, answer.status, problem, told, wait, gone)


def _told(body: bytes) -> str:
    """The first words of an answer, without secrets and without what Postgres cannot keep."""
    text = body[: 4 * ANSWER_KEPT].decode(errors="replace").replace("\x00", "\ufffd")
    return telemetry.redacted_text(text)[:ANSWER_KEPT]


def _retry_after(text: str, now: datetime) -> timedelta | None:
    """Read `Retry-After`: seconds, or a date."""
    if text.isascii() and text.isdigit():
        return timedelta(seconds=min(int(text[:9]), 86_400))
    try:
        at = email.utils.parsedate_to_datetime(text)
    except ValueError:
        return None
    return max((at if at.tzinfo else at.replace(tzinfo=UTC)) - now, timedelta(0))


def _ms(began: float) -> int:
    return round((time.perf_counter() - began) * 1000)
