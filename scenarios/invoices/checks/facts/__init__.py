"""What checks agree on before they judge: whose run it is, what was measured, what was to be expected."""
