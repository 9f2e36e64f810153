"""The demo city: synthetic people, kiosks and staff with public passwords, for one's own machine only."""
