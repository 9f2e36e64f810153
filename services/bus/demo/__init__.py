"""The demonstration network: a small city's lines as data, and the GTFS feed made from them."""
