"""What services have to tell a citizen today."""
