"""What the service knows beside the policies: consultations, promises, working days, pushes, accounts."""
