"""What is measured of a load test, in each process and gathered."""
