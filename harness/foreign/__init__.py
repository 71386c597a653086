"""Applications of other teams, in the shapes that Temporal allows: each gets the verdict that is right."""
