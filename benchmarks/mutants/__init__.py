"""Mutation testing: would a test notice if a rule, a limit or a sum were wrong? `python -m benchmarks.mutants --help`.

The changes are those of mutmut, and conditions forced to be always or never true. Its own way of running them puts a
switch into the code, which the rules of `hooks/` cannot bear: they are run from source and may import nothing. So the
running is done here, in order: `making` (mutants of a module), `planting` (one of them into the running process),
`trying` (each in a forked child, against the tests that run its line), `__main__` (which modules, and the table).
"""
