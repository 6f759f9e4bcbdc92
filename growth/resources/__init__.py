"""The resources: each loads, calls one thing, and answers."""
