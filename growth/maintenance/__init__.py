"""What keeps the tables in order: rebuild, erasure and retention."""
