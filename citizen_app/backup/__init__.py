"""Backups in one file that prove themselves: made while the city runs, restored into a scratch database, compared, sealed."""
