"""Copies, reports and verifications that the console asks for and that take a while.

::

    works         Works: start one, how far it is, take its file; a thread or two of this process do them
      ├─ doing        what each of them writes
      └─ shelf        the folder: a file with the outcome, and a small one with the state, for each

The folder may be shared by several processes: whichever is asked can tell how far any is.
"""
