"""Uploaded and downloaded files: archives, workbooks and CSV, read within limits."""
