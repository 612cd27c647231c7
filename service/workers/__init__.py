"""Processes that work beside the web server. Any number of each may run."""
