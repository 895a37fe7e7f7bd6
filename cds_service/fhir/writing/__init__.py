"""Orders as FHIR of the client's version, valid or not at all.

form           what the file of a version offers here: `dstu2`, `stu3`, `r4`, `r5`
parts          pieces that all versions write alike
changed_order  the prescriber's draft with a change, everything else untouched
valid          made valid where nothing is lost by it, and judged
strict …       what is valid, as typed shapes, found so in microseconds (`strict_dstu2` is the whole judge of DSTU2)
models         what else is valid, by the models of `fhir.resources`
"""
