"""Backups in one file, made while the city runs and verified by a test restore into a scratch database."""
