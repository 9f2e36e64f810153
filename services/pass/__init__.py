"""The citizen code as a pass: residential compounds, factories, checkpoints, public institutions.

`pass` is a word of Python, so nothing can import this package by name: its own files import each other
relatively.
"""
