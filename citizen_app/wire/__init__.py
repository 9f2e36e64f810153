"""What goes over the wire: problems, fields, JSON."""
