"""The bus with a database."""
