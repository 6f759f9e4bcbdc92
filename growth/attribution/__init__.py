"""The rules of attribution: pure functions of facts and rules, without I/O, clock or settings.

Rules have the numbers of their sections in docs/attribution.md.
"""
