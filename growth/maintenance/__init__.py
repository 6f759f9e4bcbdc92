"""Maintenance: rebuild, erasure, retention, backups, copies and distribution."""
