"""Claims that only the stack `full` has the parts for: PostgreSQL, the roles of the server, a proxy on every link."""
