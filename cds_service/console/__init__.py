"""For people: pages, and hook calls fired from a terminal.

In a terminal, at any CDS service, so nothing there knows a drug or a rule::

    fire          one call and its answer
    demo          a few telling ones
    explain       the reasoning behind one
    render        how cards look in a terminal
    stories       the packaged hook requests
    exchange      one call over HTTP; `untrusted` reads what came back, `conformance` finds its faults

Pages, rendered on the server with Flask and Jinja::

    kit           the frame, style, headers and errors of every page; `markdown` makes text safe to show
    home          the front page
    knowledge     the content release, to read: rules, alternatives, exemptions, evidence, value sets
    playground    fire a hook call, see the cards as a client draws them, and learn why they came out so
    docs          the HTTP interface, registration sheets, guides
"""
