"""The resources. Each answers the requests to its paths."""
