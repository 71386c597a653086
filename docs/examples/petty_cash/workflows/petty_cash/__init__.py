"""Petty cash: small expenses that somebody paid out of the box, booked once."""
