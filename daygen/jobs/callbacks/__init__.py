"""Callbacks: what a provider tells us about an order of ours, at an address that only it was given.

The address carries the order's `ref` with our signature, so that nothing has to be looked up to turn a stranger away;
the body carries the provider's. What is told is kept once, and only wakes the job: it then asks the provider itself. It
may come before we have written down the order's ticket, and then brings it.
"""

from daygen.jobs.callbacks.links import link
from daygen.jobs.callbacks.routes import routes

__all__ = ["link", "routes"]
