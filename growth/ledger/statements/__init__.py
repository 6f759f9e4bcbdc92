"""SQL statements of the ledger. Each statement runs for many rows of parameters at once."""
