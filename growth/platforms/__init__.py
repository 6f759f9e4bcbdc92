"""What ad platforms and tag managers send, mapped to facts: one pure module for each."""
