"""Whether a record is what its writers left: sealed, without holes, and in agreement with itself."""
