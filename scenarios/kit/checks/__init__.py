"""The checks that every family has, whatever its workflows are about, and what they rest on."""
