"""Refused input: how it is redacted, kept and replayed."""
