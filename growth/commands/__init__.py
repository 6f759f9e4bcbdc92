"""growth …: one file a command."""
