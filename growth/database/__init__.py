"""The database: connections, migrations, engines, statements and tables."""
