"""The domain of Huiqi: facts, conditions, verdicts, eligibility, benefits. Pure: no clock, network, database or environment."""
