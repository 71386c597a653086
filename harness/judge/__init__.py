"""From a record to a verdict: the checks, what they measure, and the evidence that green needs."""
