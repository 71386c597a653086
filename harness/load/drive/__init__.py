"""Locust, driven: its events, its roles, the open loop, and the schedule of a claim."""
