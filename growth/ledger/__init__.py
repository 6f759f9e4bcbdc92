"""One batch of facts in one transaction; README.md shows how a late fact travels."""
