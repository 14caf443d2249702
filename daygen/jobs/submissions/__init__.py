"""Orders as they were sent to providers that give a ticket: what a crash must not make us forget.

    (intent) ──▶ sent ──ticket──▶ ticketed ──┬──▶ collected   done, with its report
                  │                          ├──▶ refused     came to nothing, finally
             (struck out: it                 └──▶ void        came to nothing; what it was for is ordered anew
              never arrived)

A job has one for each order its outputs took, numbered by `round`. `ref`, by which the provider knows it, is made of
the job and the round, never of the attempt: whoever sends it again sends the same.
"""

from daygen.jobs.submissions.model import Submission, ref_of
from daygen.jobs.submissions.repository import (
    add,
    collect,
    find_by_ref,
    forget,
    forget_deliveries,
    list_of,
    look,
    nudge,
    receive,
    refuse,
    send_again,
    settle_nudges,
    ticket,
    void,
)

__all__ = [
    "Submission",
    "add",
    "collect",
    "find_by_ref",
    "forget",
    "forget_deliveries",
    "list_of",
    "look",
    "nudge",
    "receive",
    "ref_of",
    "refuse",
    "send_again",
    "settle_nudges",
    "ticket",
    "void",
]
