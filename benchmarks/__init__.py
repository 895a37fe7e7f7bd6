"""Measurements: each prints ratios of one run, because one machine is never as fast as itself an hour ago."""
