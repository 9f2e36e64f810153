"""Files that people hand in, and files that they take away: archives, workbooks and CSV, read within stated limits."""
