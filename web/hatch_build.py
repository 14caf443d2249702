"""Builds the page into the package (placeholder until the tool chain lands)."""
