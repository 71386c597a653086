"""What is too long for every push, part by part, on a seed that nobody tried before: `make nightly`."""
