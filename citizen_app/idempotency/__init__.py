"""Writes that may be sent again: the answer to the first is kept under the caller's own key, and a repetition hears it."""
