"""The ports of the tests' own servers, which run beside each other."""

import socket

import pytest

from tests.serving import free_port


def test_a_port_that_is_given_out_is_its_servers_alone() -> None:
    port = free_port()

    with socket.socket() as stranger, pytest.raises(OSError, match="in use"):
        stranger.bind(("127.0.0.1", port))
    with socket.create_server(("127.0.0.1", port)) as server, socket.create_connection(server.getsockname()) as client:
        assert port == client.getpeername()[1]
