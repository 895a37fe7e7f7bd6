"""See design: this room's own docstring is written with it."""
