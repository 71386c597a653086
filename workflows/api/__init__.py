"""The HTTP API: upload invoices, start their processing, take payments from the provider, cancel,
show an invoice.

``application`` builds the Starlette application from its collaborators; ``python -m workflows.api`` serves it.
"""

from workflows.api.application import create_api
from workflows.api.requests import ApiContext

__all__ = ["ApiContext", "create_api"]
