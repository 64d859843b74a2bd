"""The database: its tables, rows, units and upgrades."""
