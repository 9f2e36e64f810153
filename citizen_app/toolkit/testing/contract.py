"""What every service module must hold to, as tests: import them all into one file of the module's own tests."""
