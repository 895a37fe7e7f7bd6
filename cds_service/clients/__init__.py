"""Who may call: the clients file, the clients' keys, and the check of their tokens.

::

    registry      the clients file (TOML) -> Registration records; every fault of it at once
    keys          JWK Sets, of a file or of a configured URL -> the key that a `kid` names
    tokens        Authorization header -> Client, or a refusal that does not say why

A token is trusted for what it is signed with, never for what it says of itself: the key comes from the registration of
its issuer, the algorithm from that key's type, and the audience is the URL that was called.
"""
