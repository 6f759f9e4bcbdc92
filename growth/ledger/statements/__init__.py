"""The statements that several modules of the ledger run. Each takes many rows at once."""
