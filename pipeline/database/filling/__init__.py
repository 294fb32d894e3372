"""What fills one database: kinds of columns, words, values, references, literals; `tables.py` puts them together."""
