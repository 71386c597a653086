"""What this company's load tests have as options of their own: what its customers do, where its services are."""

from __future__ import annotations

from harness.load.client.own_options import Option
from load.company import EVERYDAY_MIX, PAYLOADS, parse_mix


def _payload(text: str) -> str:
    if text not in PAYLOADS:
        raise ValueError(f"is unknown; known: {', '.join(PAYLOADS)}")
    return text


ADDRESSES = (
    Option("api-address", "", "HOST:PORT of the application's API", variable="TRAF3LI_API_ADDRESS"),
    Option("payments-url", "", "URL of the payment provider", variable="TRAF3LI_PAYMENTS_URL"),
)
COMPANY_OPTIONS = (
    Option("mix", EVERYDAY_MIX, "what customers do, by weight, and extras in percent", parse_mix),
    Option("payload", "medium", f"size of an invoice: {', '.join(PAYLOADS)}", _payload),
    *ADDRESSES,
)
