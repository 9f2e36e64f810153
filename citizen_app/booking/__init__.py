"""Booking of what is scarce: places, waiting lists, strikes, appeals, policies, moves of a life cycle. The
tables are the service's own; the rules are written once, here."""
