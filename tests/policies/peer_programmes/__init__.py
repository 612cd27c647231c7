"""Somebody else's rules in our condition language: aid programmes of another country, expressed without loss."""
