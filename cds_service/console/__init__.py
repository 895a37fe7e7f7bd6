"""For people: pages, and hook calls fired from a terminal.

In a terminal, at any CDS service, so nothing there knows a drug or a rule::

    fire          one call and its answer
    demo          a few telling ones
    render        how cards look in a terminal
    stories       the packaged hook requests

Pages, rendered on the server with Flask and Jinja::

    kit           the frame, style, headers and errors of every page; `markdown` makes text safe to show
    home          the front page
    knowledge     the content release, to read: rules, alternatives, exemptions, evidence, value sets
"""
