"""Training data written for this project: topics of policies in official wording, and phrases in companies' own words."""
