"""Temporal and Toxiproxy as containers, for tests: the modules that testcontainers lacks (extra `containers`)."""
