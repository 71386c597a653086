"""What a company and its customers do during a run: upload invoices, have them processed, pay them in every way."""
