"""Every work that is measured, in the order of the goals."""

from bench.cells import accept, drain, own_time, sockets, start

WORKS = (accept.WORK, drain.WORK, start.WORK, sockets.WORK, own_time.WORK)
