"""Tables with their dates and sources: facts, places, industries, size thresholds."""
