"""For operators, in the console: places, their gates, and who is on their lists."""
