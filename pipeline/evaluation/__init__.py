"""Scores: execution accuracy with intervals, of the base and of the tuned student, and the report of them."""
