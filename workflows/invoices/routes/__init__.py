"""The API of invoices: upload, process, cancel, show, and the webhook of payments."""
