"""The rules of attribution, as pure functions: they use no I/O, no clock and no settings.

A rule has the number of its section in docs/attribution.md.
"""
