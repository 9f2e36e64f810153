"""Rules and writes, each subject in a file of its own. They flush; the core commits."""
