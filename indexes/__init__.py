"""Retrieval: which texts lie near which. An index proposes and orders; it never decides (design rules 1 and 4)."""
