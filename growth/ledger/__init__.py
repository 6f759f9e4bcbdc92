"""Stores facts and updates the derived rows. README.md follows a late fact from file to file."""
