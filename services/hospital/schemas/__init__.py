"""What is heard and said over HTTP, and what forms are drawn from."""
