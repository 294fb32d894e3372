"""A dump taken apart: dialect, statements, syntax trees, rows. `database/ddl.py` puts a `Schema` together."""
