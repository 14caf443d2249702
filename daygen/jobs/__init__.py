"""Jobs, the heart: one request on its way to its outputs.

              ┌──────────── again (event job.requeued) ───────────┐
              ▼                                                   │
    queued ──begin──▶ [starting ─▶] processing ──┬──▶ succeeded   │ charged for the outputs it has
       │                                │   └────┼────────────────┘
       │                                │        ├──▶ failed        free
       └──── cancel, deadline ──────────┴────────┴──▶ canceled · expired   free

A job holds its price once and ends once; its state, its credits, its usage row and its event are one commit, guarded by
(job, attempt). A job whose provider gives tickets waits there for its outputs without a worker (`steps`); it is
`starting` until the provider has begun. With at least one output a job ends `succeeded`, charged for what it has, the
rest in `warnings`.

A batch is up to 100 jobs ordered together (`batches`): accepted in one commit, all or none, then each on its own way.
It ends (event `batch.finished`) in the commit that ends the last of them, `partially_succeeded` if only some did:

    queued ─▶ processing ─▶ succeeded · partially_succeeded · failed · expired · canceled
"""

from daygen.jobs.admission import Admission
from daygen.jobs.batches import find as find_batch
from daygen.jobs.callbacks import link as callback_link
from daygen.jobs.callbacks import routes as hear_routes
from daygen.jobs.delivery import PROGRESS
from daygen.jobs.errors import BatchNotFound, JobNotFound
from daygen.jobs.events import BATCH_FINISHED, TERMINAL
from daygen.jobs.model import ENDS, Batch, BatchState, Filter, Job, Priority, State
from daygen.jobs.progress import Progress, ProgressFeed
from daygen.jobs.schemas import BatchEvent, HookEvent, show, show_event
from daygen.jobs.service import Order, cancel, expire, find, reorder, submit
from daygen.jobs.sources import Sources
from daygen.jobs.steps import OrderCanceler
from daygen.jobs.submissions import forget_deliveries
from daygen.jobs.tasks import CancelOrders, RunJob
from daygen.jobs.worker import JobRunner, expire_overdue

__all__ = [
    "BATCH_FINISHED",
    "ENDS",
    "PROGRESS",
    "TERMINAL",
    "Admission",
    "Batch",
    "BatchEvent",
    "BatchNotFound",
    "BatchState",
    "CancelOrders",
    "Filter",
    "HookEvent",
    "Job",
    "JobNotFound",
    "JobRunner",
    "Order",
    "OrderCanceler",
    "Priority",
    "Progress",
    "ProgressFeed",
    "RunJob",
    "Sources",
    "State",
    "callback_link",
    "cancel",
    "expire",
    "expire_overdue",
    "find",
    "find_batch",
    "forget_deliveries",
    "hear_routes",
    "reorder",
    "show",
    "show_event",
    "submit",
]
