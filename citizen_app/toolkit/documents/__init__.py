"""Documents: `documents.pdf` makes PDFs with Chinese text, `documents.calendar` a file for people's own
calendars, and `checked_pdf` judges a PDF that another system hands in."""

from __future__ import annotations

from citizen_app.papers import calendar, pdf
from citizen_app.papers.handed_in import PdfRefused, checked_pdf

__all__ = ["PdfRefused", "calendar", "checked_pdf", "pdf"]
