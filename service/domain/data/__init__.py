"""Shipped tables of the service: what the sample enterprises are made of."""
