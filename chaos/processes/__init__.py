"""Faults of processes: workers, services and servers."""
