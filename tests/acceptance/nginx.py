"""A real nginx with the configuration of `deploy/`; with `--install`, on Debian as root, it is installed when missing.

python -m tests.acceptance.nginx [--install]
"""

import contextlib
import datetime
import ipaddress
import os
import shutil
import socket
import subprocess
import sys
import time
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

CONFIGURATION = Path(__file__).parents[2] / "deploy" / "nginx" / "cds-service.conf"
HOW = "The test of deploy/nginx needs nginx and there is none. On Debian: apt-get install nginx-light."
WHOLE = """
daemon off;
error_log stderr warn;
pid {folder}/nginx.pid;
worker_processes 1;
{user}
events {{ worker_connections 64; }}
http {{
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
{server}
}}
"""


def find():
    """The path of nginx; none is a failure that says how to get it."""
    found = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin:/usr/local/sbin")
    assert found, HOW
    return found


def install():
    """Install nginx where that is possible without asking."""
    if os.geteuid() == 0 and shutil.which("apt-get"):
        environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
        for step in (["update"], ["install", "-y", "--no-install-recommends", "nginx-light"]):
            subprocess.run(["apt-get", *step], check=False, env=environment, stdout=subprocess.DEVNULL)


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextlib.contextmanager
def running(command, folder, ready, **more):
    """A process, once `ready()` holds; what it said is in the failure if it never does."""
    output = folder / "output.txt"
    with output.open("wb") as said:
        process = subprocess.Popen(command, stdout=said, stderr=said, **more)
    try:
        until = time.monotonic() + 90
        while not ready():
            alive = process.poll() is None and time.monotonic() < until
            assert alive, f"{command[0]} did not start: {output.read_text(errors='replace')}"
            time.sleep(0.1)
        yield process
    finally:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def answers(port):
    """Whether something listens there."""
    try:
        socket.create_connection(("127.0.0.1", port), 1).close()
    except OSError:
        return False
    return True


def configured(folder, port, service_port):
    """The configuration of `deploy/`, other addresses and folders in it; returns the file."""
    text = CONFIGURATION.read_text(encoding="utf-8")
    for there, here in {
        "server service:8080": f"server 127.0.0.1:{service_port}",
        "listen 8443 ssl": f"listen 127.0.0.1:{port} ssl",
        "/etc/nginx/tls/": f"{folder}/",
    }.items():
        assert there in text, f"deploy/nginx no longer says {there!r}: adapt this test"
        text = text.replace(there, here)
    user = "user root;" if os.geteuid() == 0 else ""
    (folder / "nginx.conf").write_text(WHOLE.format(folder=folder, server=text, user=user))
    return folder / "nginx.conf"


# Certificates ---------------------------------------------------------------------------------------------------------


def authority(folder, name):
    """A certificate authority; its certificate is in `<name>.crt`."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    certificate = _builder(subject, subject, key, ca=True).sign(key, hashes.SHA256())
    (folder / f"{name}.crt").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    return certificate, key


def issue(folder, name, by):
    """A certificate and its key by an authority, in `<name>.crt` and `<name>.key`."""
    certificate, authority_key = by
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    names = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
    made = _builder(subject, certificate.subject, key, ca=False).add_extension(names, critical=False)
    made = made.add_extension(
        x509.AuthorityKeyIdentifier.from_issuer_public_key(authority_key.public_key()), critical=False
    ).sign(authority_key, hashes.SHA256())
    (folder / f"{name}.crt").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    (folder / f"{name}.key").write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return str(folder / f"{name}.crt"), str(folder / f"{name}.key")


def _builder(subject, issuer, key, *, ca):
    now = datetime.datetime.now(datetime.UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(hours=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )


if __name__ == "__main__":
    if not (shutil.which("nginx") or Path("/usr/sbin/nginx").is_file()) and "--install" in sys.argv:
        install()
    sys.stdout.write(f"{find()}\n")
