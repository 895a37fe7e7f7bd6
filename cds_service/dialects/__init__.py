"""What a family of CDS Clients can use of a card: one TOML a family, one small fitter for all (`fit`)."""
