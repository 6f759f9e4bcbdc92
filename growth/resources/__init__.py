"""The resources: each answers the requests to one path or several paths."""
