"""Maintenance of a database: rebuild, erase, purge, back up, copy and distribute it."""
