"""我的: what a citizen sees of themselves and decides about themselves, on pages.

Every page is for the signed-in citizen and calls the same operations as the API. `entries.py` lists what the
start page leads to: a page that belongs here adds its line there.
"""
