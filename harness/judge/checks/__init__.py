"""Pure functions from the record to a verdict, one per file. Generic only: a domain's stand beside its claims."""
