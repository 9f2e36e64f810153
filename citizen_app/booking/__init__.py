"""Booking of what is scarce: places, waiting lists, strikes, policies, moves of a life cycle. The tables are
the service's own; the rules are written once, here."""
