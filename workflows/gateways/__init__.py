"""The way out: mail, accounting and the books. Each gateway states in its docstring how often an effect may happen."""
