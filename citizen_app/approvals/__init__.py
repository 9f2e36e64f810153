"""Acts that need a second person: asked for by one, done when another approves."""
