"""What the city knows to be true of a citizen: yes or no at a moment, never the document behind it."""
