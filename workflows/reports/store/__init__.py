"""What our own SQL holds of reports: what was asked for, the rows of the sources, and where the files lie."""
