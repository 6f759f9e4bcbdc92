"""SQL statements of the ledger. Each runs for many rows of parameters at once."""
