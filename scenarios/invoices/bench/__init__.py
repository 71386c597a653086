"""Measures how long judging takes, and how that grows with the record: `assay bench judge`."""
