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
"""

from daygen.jobs.admission import Admission
from daygen.jobs.callbacks import link as callback_link
from daygen.jobs.callbacks import routes as hear_routes
from daygen.jobs.delivery import PROGRESS
from daygen.jobs.errors import JobNotFound
from daygen.jobs.events import TERMINAL
from daygen.jobs.model import ENDS, Filter, Job, Priority, State
from daygen.jobs.progress import Progress, ProgressFeed
from daygen.jobs.schemas import HookEvent, show, show_event
from daygen.jobs.service import Order, cancel, expire, find, reorder, submit
from daygen.jobs.steps import OrderCanceler
from daygen.jobs.submissions import forget_deliveries
from daygen.jobs.tasks import CancelOrders, RunJob
from daygen.jobs.worker import JobRunner, expire_overdue

__all__ = [
    "ENDS",
    "PROGRESS",
    "TERMINAL",
    "Admission",
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
    "State",
    "callback_link",
    "cancel",
    "expire",
    "expire_overdue",
    "find",
    "forget_deliveries",
    "hear_routes",
    "reorder",
    "show",
    "show_event",
    "submit",
]
