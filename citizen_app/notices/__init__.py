"""Words to a citizen outside of a request of theirs: declared, kept in an inbox, and sent on by the channels
that they have chosen."""
