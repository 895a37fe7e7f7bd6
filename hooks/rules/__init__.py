"""Rules: one stem each, `<name>.py` (logic) and `<name>.toml` (words and thresholds)."""
