"""What a report has to say, from the opening books alone. Nothing of the application is imported here."""
