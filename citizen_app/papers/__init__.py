"""What goes onto paper: PDFs with Chinese text."""
