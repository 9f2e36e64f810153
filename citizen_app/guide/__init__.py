"""The guide: a question in plain words finds its answer, or the desk."""
