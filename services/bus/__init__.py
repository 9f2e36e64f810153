"""The bus service: lines, stops, next departures, taps and fares."""
