"""Imports facts from files, and exports stored data to files."""
