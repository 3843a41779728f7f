"""Room 3: time. What was asked for, the loop that does it, and what it reports."""
