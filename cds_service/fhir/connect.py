"""Connections that go only where the address may lie: the name is resolved, the address judged, and that one connected.

A listed host whose name suddenly resolves to this machine, to the local network or to a cloud's metadata service (DNS
rebinding) is not reached, because the address that was judged is the one that is used. A hospital whose FHIR server
lies in a private network says so (`CDS_FHIR_PRIVATE`, or `fhir_private` of the client).
"""

import ipaddress
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from requests.adapters import HTTPAdapter
from urllib3 import HTTPConnectionPool, HTTPResponse, HTTPSConnectionPool, PoolManager
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import NameResolutionError, NewConnectionError

Address = ipaddress.IPv4Address | ipaddress.IPv6Address


class AddressNotAllowedError(NewConnectionError):
    """The name resolves only to addresses that may not be reached."""


def may_be_reached(address: Address, *, private: bool) -> bool:
    """Whether an address may be connected to.

    Args:
        address: as resolved; an IPv4 address within an IPv6 one counts as that.
        private: addresses of a private network, and of this machine, may be reached too. Link-local ones (metadata
            services lie there), multicast and reserved ones never are.
    """
    if isinstance(address, ipaddress.IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour or (address.teredo[1] if address.teredo else None)
        if inner is not None:
            return may_be_reached(inner, private=private)
    if address.is_link_local or address.is_multicast or address.is_unspecified:
        return False
    if address.is_loopback or address.is_private:
        return private
    return address.is_global and not address.is_reserved


class CheckedAdapter(HTTPAdapter):
    """An adapter of `requests` whose connections judge the address first."""

    def __init__(self, *, private: bool, **more: Any) -> None:  # noqa: ANN401 - those of HTTPAdapter
        """See the class; `private` as for `may_be_reached`."""
        self._private = private
        super().__init__(**more)

    def init_poolmanager(self, connections: int, maxsize: int, block: bool = False, **more: Any) -> None:  # noqa: ANN401 - as requests calls it
        """The pools of this adapter, with connections of ours."""
        self.poolmanager = PoolManager(num_pools=connections, maxsize=maxsize, block=block, **more)
        self.poolmanager.pool_classes_by_scheme = _pools(private=self._private)


def _pools(*, private: bool) -> dict[str, type[HTTPConnectionPool]]:
    class Plain(HTTPConnection):
        def _new_conn(self) -> socket.socket:
            return _connected(self, private=private)

        def getresponse(self) -> HTTPResponse:  # type: ignore[override] # as urllib3 has it
            with _cut_off(self):
                return super().getresponse()

    class Secure(HTTPSConnection):
        def _new_conn(self) -> socket.socket:
            return _connected(self, private=private)

        def getresponse(self) -> HTTPResponse:  # type: ignore[override] # as urllib3 has it
            with _cut_off(self):
                return super().getresponse()

    class PlainPool(HTTPConnectionPool):
        ConnectionCls = Plain

    class SecurePool(HTTPSConnectionPool):
        ConnectionCls = Secure

    return {"http": PlainPool, "https": SecurePool}


@contextmanager
def _cut_off(connection: HTTPConnection) -> Iterator[None]:
    """End the wait for status and headers when the connection's time is over.

    The timeout of a socket is for each byte: a server that drips its headers would hold the thread for hours.
    """
    sock, seconds = connection.sock, connection.timeout
    if sock is None or not isinstance(seconds, int | float):
        yield
        return

    def cut() -> None:
        with suppress(OSError):  # it is closed already
            socket.socket.shutdown(sock, socket.SHUT_RDWR)

    timer = threading.Timer(seconds, cut)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def _connected(connection: HTTPConnection, *, private: bool) -> socket.socket:
    """A socket to the first address of the host that may be reached and answers.

    Raises:
        AddressNotAllowedError, NameResolutionError, NewConnectionError: there is none.
    """
    try:
        found = socket.getaddrinfo(connection._dns_host, connection.port, type=socket.SOCK_STREAM)  # noqa: SLF001 - urllib3's own name for it
    except OSError as error:
        raise NameResolutionError(connection.host, connection, socket.gaierror(str(error))) from None
    allowed = [(family, place) for family, _, _, _, place in found if may_be_reached(_address(place), private=private)]
    if not allowed:
        raise AddressNotAllowedError(connection, "no address of the server may be reached")
    last: OSError | None = None
    for family, place in allowed:
        made = socket.socket(family, socket.SOCK_STREAM)
        try:
            made.settimeout(connection.timeout if isinstance(connection.timeout, int | float) else None)
            for option in connection.socket_options or ():
                made.setsockopt(*option)
            made.connect(place)
        except OSError as error:
            made.close()
            last = error
        else:
            return made
    raise NewConnectionError(connection, f"no connection ({type(last).__name__})")


def _address(place: tuple[Any, ...]) -> Address:
    return ipaddress.ip_address(str(place[0]).partition("%")[0])
