"""The HTTP API, composed of the families' routes.

``application`` builds the Starlette application; ``python -m workflows.api`` serves it.
"""
