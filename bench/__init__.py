"""The bench: our numbers beside those of peers and of the machine's own limits, in interleaved rounds of one run."""
