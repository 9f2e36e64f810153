"""Kiosks: the devices that read codes, their enrolment and their tokens."""
