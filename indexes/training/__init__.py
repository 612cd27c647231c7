"""Makes the shipped encoder (indexes/model/) from data in this repository, and measures it against plain overlap."""
