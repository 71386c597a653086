"""What a Temporal server does with executions, as far as their histories and their workers can tell."""
