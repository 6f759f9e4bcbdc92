"""Refused input: redacted, kept, listed, replayed."""
