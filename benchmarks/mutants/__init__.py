"""Mutation testing: would a test notice if a rule, a limit or a sum were wrong? `python -m benchmarks.mutants --help`.

The changes are those of mutmut, and conditions forced to be always or never true. The running is done here: mutmut puts
a switch into the code, which the rules of `hooks/` cannot bear, for they are run from source and may import nothing;
cosmic-ray writes each mutant to disk and starts pytest anew, which costs seconds before the first test. In order:
`making` (mutants of a module), `planting` (one of them into the running process), `trying` (each in a fork of its own,
against the tests that run its line), `__main__` (which modules, and the table).
"""
