"""Invoices: from the uploaded CSV file over mail and accounting to the last payment or the due instant."""
