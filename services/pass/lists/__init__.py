"""Lists of people as places hand them in: cells of a file, then people or reasons why not. Pure."""
