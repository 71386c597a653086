"""The company's own SQL: invoices, payments, documents and the trail of statuses."""
