"""The core of the citizen code: one signed code, any kiosk, pluggable city services. It never names a
service."""
