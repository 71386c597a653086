"""The invoices' timers on a real server, which skips what lies between their instants."""
