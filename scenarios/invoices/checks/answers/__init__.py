"""Checks of what callers are answered, and of how long they are turned away."""
