"""Faults of the links between the parts of a stack."""
