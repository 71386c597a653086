"""Faults of the world's services, and of the answers that they give."""
