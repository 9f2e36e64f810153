"""Queues of people who have come (叫号): numbers, their order, calling, what screens and people see of it.
The tables are the service's own; the rules are written once, here."""
