"""Webhooks: facts leaving the house as signed requests to addresses that users name, in order per job, until taken.

    numbered events ──Forwarder──▶ deliveries, in streams ──DeliverWebhook──▶ Courier ──▶ the receiver

    pending ──2xx──▶ delivered
       │  └── anything else: again after 5 s, 5 m, 30 m, 2 h, 5 h, 10 h, 14 h, 20 h, 24 h (`Retry-After`: not before)
       ├──tenth try──▶ failed           410 ──▶ failed, and the endpoint is disabled
       └──endpoint disabled or deleted──▶ canceled

A stream is what one target (an endpoint, or the address a job names) is told about one subject; its deliveries go out
one after the other. Streams know nothing of each other, so a receiver that is down or slow delays its own streams only:
a task starts a stream and gives its slot back, and the waiting is the courier's. Standard Webhooks 1.0: at least once,
under the event's own id. Owns endpoints, secrets (derived, never stored), deliveries and their log.
"""

from daygen.webhooks.courier import Courier
from daygen.webhooks.forwarder import Forwarder
from daygen.webhooks.service import backlog, forget
from daygen.webhooks.tasks import DeliverWebhook
from daygen.webhooks.worker import Deliverer

__all__ = ["Courier", "DeliverWebhook", "Deliverer", "Forwarder", "backlog", "forget"]
