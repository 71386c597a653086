"""Accounting and the payment provider: what they accept, and the webhooks that they deliver."""
