"""Pages: plain HTML that works without JavaScript."""
