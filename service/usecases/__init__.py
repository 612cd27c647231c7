"""What the service does, as plain functions: one module per subject."""
