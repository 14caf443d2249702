"""Other queues, each in its own environment (`install`), asked through the same four questions (`common`).

The modules named after a peer run under that peer's own Python, where DayGen is not installed.
"""
