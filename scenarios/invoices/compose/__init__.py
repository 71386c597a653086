"""Claims that need containers."""
