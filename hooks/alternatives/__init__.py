"""Alternatives: one stem each, `<name>.py` (may it be offered to this patient) and `<name>.toml` (words, the order)."""
