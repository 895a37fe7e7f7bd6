"""Who may read the record: accounts, sessions, and attempts to sign in, beside the log in the same database.

::

    accounts      Accounts: sign in, who is it, sign out, change; what the console is given
      ├─ passwords    argon2id, and which passwords are accepted
      ├─ sessions     a secret in the browser, its hash here
      └─ attempts     how often somebody has tried lately
    commands      `cds-service user …`

Only the secret itself, in the browser that signed in, opens a session: a copy of this database opens none.
"""
