"""What stands between here and a server: certificates, proxies, a connection opened ahead of need."""

from __future__ import annotations

import asyncio
import ssl
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from foretype.backends.connections import Connections
from foretype.backends.upstream import Upstream as Program
from foretype.errors import CertificateError, ProxyError

from contract.spoken import SPOKEN
from contract.test_faults import TEXT, answering, well
from contract.upstream import Upstream, Visit, serving

if TYPE_CHECKING:
    from contract.asking import Client

CERTIFICATES = Path(__file__).parent / "certificates"
AUTHORITY = str(CERTIFICATES / "authority.pem")


def server_context(name: str) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(CERTIFICATES / f"{name}.pem")
    return context


async def ask_over_tls(client: Client, name: str, certificates: str | None, *, trusted: bool = True) -> str:
    """Asks a server with this certificate, which answers where the client lets it."""
    async with serving(server_context(name)) as secure:
        client.endpoint = replace(client.endpoint, base_url=secure.origin, certificates=certificates)
        if trusted:
            secure.will(well)
        answer = await client.ask(TEXT)
        await client.aclose()
        return answer.text


async def test_59_a_private_authority_named_by_the_user(client: Client) -> None:
    assert await ask_over_tls(client, "good", AUTHORITY) == "a + b"


async def test_59_a_folder_of_authorities(client: Client, tmp_path: Path) -> None:
    (tmp_path / "7dbabcbc.0").write_bytes(Path(AUTHORITY).read_bytes())  # the name OpenSSL looks for
    assert await ask_over_tls(client, "good", str(tmp_path)) == "a + b"


@pytest.mark.parametrize(
    ("name", "certificates"),
    [("good", None), ("good", "/no/such/file.pem"), ("other-host", AUTHORITY), ("expired", AUTHORITY)],
)
async def test_59_a_certificate_that_is_not_trusted(
    client: Client, name: str, certificates: str | None
) -> None:
    with pytest.raises(CertificateError, match=r"SSL_CERT_FILE.*clock"):
        await ask_over_tls(client, name, certificates, trusted=False)


async def test_60_a_proxy_that_wants_a_password(upstream: Upstream, client: Client) -> None:
    upstream.will(answering("407 Proxy Authentication Required", b"", Proxy_Authenticate="Basic"))
    through = replace(client.endpoint, base_url="https://router.example", proxy=upstream.origin)
    client.endpoint = through
    with pytest.raises(ProxyError, match="HTTPS_PROXY"):
        await client.ask(TEXT)
    assert (upstream.heard[0].method, upstream.heard[0].path) == ("CONNECT", "router.example:443")


async def test_60_a_dead_proxy(client: Client) -> None:
    async with serving() as dead:
        proxy = dead.origin
    client.endpoint = replace(client.endpoint, base_url="https://router.example", proxy=proxy)
    with pytest.raises(ProxyError):
        await client.ask(TEXT)


async def test_60_the_password_of_a_proxy_stays_out_of_messages(upstream: Upstream, client: Client) -> None:
    upstream.will(answering("407 No", b""))
    proxy = upstream.origin.replace("://", "://user:hunter2@")
    client.endpoint = replace(client.endpoint, base_url="https://router.example", proxy=proxy)
    with pytest.raises(ProxyError) as failure:
        await client.ask(TEXT)
    assert "hunter2" not in str(failure.value)
    assert "hunter2" not in repr(client.endpoint)
    assert failure.value.__cause__ is None  # the library's error may hold what nobody should see


async def test_60_socks_without_its_package(client: Client) -> None:
    client.endpoint = replace(
        client.endpoint, base_url="https://router.example", proxy="socks5://127.0.0.1:9"
    )
    with pytest.raises(ProxyError, match="pip install"):
        await client.ask(TEXT)


async def test_a_warm_connection_is_used_by_the_first_request(upstream: Upstream, client: Client) -> None:
    async def head(visit: Visit) -> None:
        await visit.send(b"HTTP/1.1 404 Not Found\r\nContent-Length: 9\r\n\r\n")

    upstream.will(head, well)
    assert not client.connections.is_warm(client.endpoint)
    assert await client.connections.warm(client.endpoint)
    assert await client.connections.warm(client.endpoint), "a second time is no request"
    await client.ask(TEXT)
    assert upstream.opened == 1
    assert "authorization" not in upstream.heard[0].headers


async def test_making_ready_sends_nothing(upstream: Upstream, client: Client) -> None:
    program = Program()
    await program.prepare(client.endpoint)
    assert len(program.connections._pools) == 1
    await program.aclose()
    assert (upstream.opened, upstream.heard) == (0, [])


async def test_warming_a_dead_server_says_so_and_raises_nothing(client: Client) -> None:
    async with serving() as dead:
        origin = dead.origin
    assert not await client.connections.warm(replace(client.endpoint, base_url=origin))


class Key:
    """A key bound to one origin, as an endpoint holds it."""

    def header_for(self, url: str) -> dict[str, str]:
        return {"Authorization": "Bearer hf_canary"}


async def test_the_key_goes_along_and_shows_in_no_message(upstream: Upstream, client: Client) -> None:
    upstream.will(answering("401 No", {"error": "bad key hf_canary"}))
    client.endpoint = replace(client.endpoint, key=Key())
    with pytest.raises(Exception, match="did not accept") as failure:
        await client.ask(TEXT)
    assert upstream.heard[0].headers["authorization"] == "Bearer hf_canary"
    assert "canary" not in str(failure.value)


async def test_each_key_has_its_own_connections(upstream: Upstream, client: Client) -> None:
    upstream.will(well, well)
    await client.ask(TEXT)
    client.endpoint = replace(client.endpoint, key=Key())
    await client.ask(TEXT)
    assert upstream.opened == 2


async def test_hundred_streams_at_once_leave_nothing_open(upstream: Upstream, client: Client) -> None:
    upstream.will(*[well] * 100)
    answers = await asyncio.gather(*[client.ask(TEXT) for _ in range(100)])
    assert [answer.text for answer in answers] == ["a + b"] * 100


async def test_closing_the_connections_ends_streams_that_still_run(
    upstream: Upstream, client: Client
) -> None:
    async def script(visit: Visit) -> None:
        await visit.head(content_type=SPOKEN[0].content_type)
        await visit.until_gone()

    upstream.will(script)
    client.connections = Connections()
    asking = asyncio.create_task(client.ask(TEXT))
    await upstream.heard_requests(1)
    asking.cancel()
    await asyncio.wait([asking])
    await client.aclose()
    await asyncio.wait_for(upstream.visits[0].gone.wait(), 5)
