"""Toxiproxy on the links of a stack: cut, slowed and read back."""
