"""Checks input with marshmallow schemas, makes facts of valid input, and formats output."""
