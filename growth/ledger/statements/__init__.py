"""The statements of the write path, each over many rows at once."""
