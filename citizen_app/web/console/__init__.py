"""The console: pages for the people of the city, under `/console`. How to add one: `frame`."""
