"""Callers: a client in the words of the SDK's own, whose calls take virtual time and may lose their answer."""
