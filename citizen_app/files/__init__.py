"""Files that staff send: sealed in the database in pieces, checked, and gone when their time is over."""
