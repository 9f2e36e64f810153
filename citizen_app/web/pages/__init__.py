"""Pages for people: the entry, the citizen's code page, the kiosk page, the API document."""
