"""The API of the console and of staff's own automation."""
