"""The rules of attribution: pure functions of facts and rules, without I/O, clock or settings.

The number of a rule is the number of its section in docs/attribution.md.
"""
