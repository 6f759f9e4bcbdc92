"""The resources, one for each path: each loads, calls one thing, and answers."""
