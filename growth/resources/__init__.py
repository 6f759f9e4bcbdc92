"""The resources that answer requests to the paths."""
