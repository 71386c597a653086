"""The application under test: found by name, in one of its versions, with the files that it is uploaded."""
