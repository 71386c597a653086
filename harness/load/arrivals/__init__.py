"""When work arrives in an open test, drawn from the seed."""
