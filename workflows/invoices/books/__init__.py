"""What our own SQL holds of invoices: content, payments, documents and the trail of statuses."""
