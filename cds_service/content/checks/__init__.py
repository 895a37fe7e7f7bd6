"""What an editor looks at beyond whether a release loads, one subject a file; `content/check.py` puts them together.

Each file has `faults`, which must be mended before a release, and perhaps `notices`, which are worth a look.
"""
