"""`hooks/` on disk becomes `domain.Content`; a broken release is refused with every fault at once.

::

    release          what the service calls: signatures verified, then loaded
    signing          Ed25519 over the hash of a release
    load             the whole release: files -> Content
      files          TOML read into shapes; a mistyped key is a named fault
      shapes, stem_shapes  what each file must look like
      vocabulary     value sets, word lists, code systems -> Terminology
      stems          rules, alternatives, exemptions: two halves each
      halves         the Python halves, each loaded under a name of its own
      orders         order tables of alternatives -> domain orders
      references     does everything that is named exist?
    overlay          a site's own folder laid over the release
    tune             thresholds, indicators and shadow flags that a site or a client chooses
    supplements      contested points, open questions, worked examples: for readers alone
    check            what an editor should know beyond that: faults and notices
      checks         one subject a file
    differences      what changes from one content to another
    catalogue        the release for its reviewers: records, and Markdown
    value_set_build  source tables -> FHIR ValueSet files
"""
