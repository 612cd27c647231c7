"""The shipped encoder: a sentence-transformers folder made by `python -m indexes.training` (see README.md)."""
