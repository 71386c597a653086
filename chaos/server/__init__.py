"""Faults inside the Temporal server and its database."""
