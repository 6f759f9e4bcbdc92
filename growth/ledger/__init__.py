"""Stores a batch of facts in one transaction. README.md follows a late fact from file to file."""
