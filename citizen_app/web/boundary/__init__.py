"""The boundary of every request: who may call, what is parsed, what every answer carries, and the document
that says so."""
