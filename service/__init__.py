"""The service around the domain: storage, use cases, API, pages, workers and the command line."""
