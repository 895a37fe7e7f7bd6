"""Keys, JWK Sets and tokens of clients that exist only here."""

import json
import uuid
from functools import cache

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from jwt.algorithms import ECAlgorithm, RSAAlgorithm

ISSUER = "https://ehr.example.org"
URL = "https://cds.example.org/cds-services/x-order-sign"
NOW = 1_781_559_000  # seconds since 1970


@cache
def private_key(kind="P-384", number=0):
    if kind == "RSA":
        return rsa.generate_private_key(public_exponent=65_537, key_size=2048)
    curve = {"P-256": ec.SECP256R1, "P-384": ec.SECP384R1, "P-521": ec.SECP521R1}[kind]
    return ec.generate_private_key(curve())


def jwk(kid, kind="P-384", number=0, **more):
    algorithm = RSAAlgorithm if kind == "RSA" else ECAlgorithm
    public = private_key(kind, number).public_key()
    return {**json.loads(algorithm.to_jwk(public)), "kid": kid, "use": "sig", **more}


def jwk_set(*keys):
    return json.dumps({"keys": list(keys)}).encode()


def public_pem(kind="P-384", number=0):
    public = private_key(kind, number).public_key()
    return public.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)


def claims(**more):
    made = {"iss": ISSUER, "aud": URL, "exp": NOW + 300, "iat": NOW, "jti": str(uuid.uuid4()), "sub": "ehr", **more}
    return {name: value for name, value in made.items() if value is not None}


def token(header=None, kind="P-384", number=0, algorithm=None, **more):
    algorithm = algorithm or {"P-384": "ES384", "P-256": "ES256", "P-521": "ES512", "RSA": "RS384"}[kind]
    headers = {
        name: value for name, value in {"kid": "k1", "typ": "JWT", **(header or {})}.items() if value is not None
    }
    return jwt.encode(claims(**more), private_key(kind, number), algorithm=algorithm, headers=headers)
