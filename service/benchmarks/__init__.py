"""Our speed beside others': the same work for every engine, in one run, with the answers compared."""
