"""What a family of CDS Clients can use of a card: one TOML a family, one small fitter for all (`fit`).

The keys of a family's file are those of `Dialect`; what it rests on stands in the file as comments. A further family is
one more file, and nothing else.
"""
