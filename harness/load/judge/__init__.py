"""Thresholds, the server's counts, and the verdict of a load test."""
