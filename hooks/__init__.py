"""The medicine: rules, alternatives, words, codes and evidence; see README.md in this folder."""
