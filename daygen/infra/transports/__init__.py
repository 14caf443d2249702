"""Transports: BullMQ on Redis, Amazon SQS and Google Cloud Tasks, to carry the queue's grants to workers.

Postgres stays the only truth. A transport carries a task's id and the number of its attempt, nothing else; the task is
taken in Postgres by whoever receives the message first. So none of them needs to be durable, exact or in order.

Each needs a package that not every house needs; `missing` names it before anything starts. A transport is made in the
event loop that uses it.
"""

from collections.abc import Mapping
from datetime import timedelta

from daygen.infra.queue import Transport
from daygen.infra.transports.cloudtasks.model import API, KEYS, METADATA, Account, Tasks
from daygen.infra.transports.needs import missing

__all__ = ["API", "KEYS", "METADATA", "Account", "Tasks", "bullmq", "cloudtasks", "missing", "sqs"]


def bullmq(url: str, *, hold: timedelta) -> Transport:
    """BullMQ in the Redis at this address."""
    from daygen.infra.transports.bull import BullMq

    return BullMq(url, hold=hold)


def sqs(queue_url: str, *, credentials: Mapping[str, str], hold: timedelta) -> Transport:
    """Amazon SQS, the queue at this address."""
    from daygen.infra.transports.amazon import Sqs

    return Sqs(queue_url, credentials=credentials, hold=hold)


def cloudtasks(tasks: Tasks) -> Transport:
    """Google Cloud Tasks, a queue and the workers to which it pushes."""
    from daygen.infra.transports.cloudtasks.transport import CloudTasks

    return CloudTasks(tasks)
