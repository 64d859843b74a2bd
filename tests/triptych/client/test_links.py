"""Images that are only linked to: fetched from the account's own host or an allowed one, and from nowhere else."""

import json
import ssl
import uuid
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.triptych.client.conftest import Make, asking, drawn
from tests.triptych.client.raw import Raw, Visit, b64, event, png, raw, says, whole
from triptych import errors
from triptych.client import wire
from triptych.client.spool import Head
from triptych.errors import BadAnswer, InvalidSetting
from triptych.results import Failed, Finished
from triptych.settings import Settings, settings

pytestmark = pytest.mark.usefixtures("fast")

IMAGE = whole(png(), kind="image/png")
Allow = Callable[[str], None]


@pytest.fixture
def allow(monkeypatch: pytest.MonkeyPatch) -> Allow:
    def named(hosts: str) -> None:
        monkeypatch.setenv("TRIPTYCH_IMAGE_HOSTS", hosts)
        settings.cache_clear()

    return named


def linking(link: str, image: bytes = IMAGE) -> Callable[[Visit], object]:
    async def answer(visit: Visit) -> None:
        await visit.say(whole({"data": [{"url": link}]}) if visit.method == "POST" else image)

    return answer


@pytest.fixture
async def elsewhere(tmp_path: Path) -> AsyncIterator[Raw]:
    """Another host, over https with a certificate that is trusted here."""
    key = ec.generate_private_key(ec.SECP256R1())
    # a name of its own: of two trusted ones of the same name the first is taken
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, uuid.uuid4().hex)])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=True)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    secret = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    pem = certificate.public_bytes(serialization.Encoding.PEM)
    (tmp_path / "server.pem").write_bytes(secret + pem)
    serving = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    serving.load_cert_chain(tmp_path / "server.pem")
    wire.tls(None).load_verify_locations(cadata=pem.decode())
    async with raw(says(IMAGE), tls=serving) as server:
        yield server


def link_to(server: Raw) -> str:
    return f"https://localhost:{server.port}/image.png?sig=a%2Bb"


async def test_an_image_on_an_allowed_host_is_fetched_without_the_key(make: Make, allow: Allow, elsewhere: Raw) -> None:
    allow("images.example.com, LOCALHOST")
    async with raw(linking(link_to(elsewhere))) as server:
        events = await drawn(make(server.base_url, "sk-canary", organization="org-canary", project="proj-canary"))

    assert isinstance(events[-1], Finished)
    assert png() == events[-1].pictures[0].data
    assert ["GET"] == [visit.method for visit in elsewhere.visits]
    assert elsewhere.visits[0].head.startswith("GET /image.png?sig=a%2Bb ")
    assert "canary" not in elsewhere.visits[0].head
    assert 1 == server.posts


async def test_an_image_elsewhere_is_a_link_for_a_person(make: Make, elsewhere: Raw) -> None:
    async with raw(linking(link_to(elsewhere))) as server:
        events = await drawn(make(server.base_url))

    assert isinstance(events[-1], Failed)
    assert isinstance(events[-1].error, BadAnswer)
    assert link_to(elsewhere) in events[-1].error.message
    assert "TRIPTYCH_IMAGE_HOSTS" in events[-1].error.message
    assert [] == elsewhere.visits
    assert 1 == server.posts


OTHERS = {
    "over http": "http://localhost:{port}/image.png",
    "another host that ends alike": "https://notlocalhost:{port}/image.png",
    "the host as a user name": "https://localhost@127.0.0.1:{port}/image.png",
    "a file": "file://localhost/etc/passwd",
    "a script": "javascript:alert(1)",
    "no address": "https://[localhost",
    "an address inside": "http://169.254.169.254/latest",
}


@pytest.mark.parametrize("name", OTHERS)
async def test_only_https_to_the_very_host_is_allowed(make: Make, allow: Allow, elsewhere: Raw, name: str) -> None:
    allow("localhost")
    async with raw(linking(OTHERS[name].format(port=elsewhere.port))) as server:
        events = await drawn(make(server.base_url))

    assert isinstance(events[-1], Failed)
    assert isinstance(events[-1].error, BadAnswer)
    assert "link" in events[-1].error.message
    assert [] == elsewhere.visits
    assert 1 == len(server.visits)


async def test_an_allowed_host_that_leads_inside_is_not_asked_for_a_visitor(
    make: Make, allow: Allow, elsewhere: Raw
) -> None:
    allow("localhost")
    visitors = make("https://typed.example/v1", public_only=True)
    answer = json.dumps({"data": [{"url": link_to(elsewhere)}]}).encode()

    with pytest.raises(BadAnswer, match="leads into this server's own network"):
        await visitors.read(asking(), 0, Head(200, "application/json", None), answer)

    assert [] == elsewhere.visits


async def test_a_redirect_of_an_allowed_host_is_not_followed(make: Make, allow: Allow, elsewhere: Raw) -> None:
    allow("localhost")
    async with raw(says(IMAGE)) as inside:
        moved = whole(b"", 302, location=inside.base_url)
        async with raw(linking("/v1/images/1", moved)) as server:
            events = await drawn(make(server.base_url))

    assert isinstance(events[-1], Failed)
    assert isinstance(events[-1].error, BadAnswer)
    assert [] == inside.visits


@pytest.mark.parametrize("end", ["\ud800.png", "\x00.png", "\u202e\udfff"])
async def test_a_link_that_nobody_can_be_asked_for_is_told_and_its_answer_kept(make: Make, end: str) -> None:
    async with raw(linking(f"/v1/images/{end}")) as server:
        events = [event async for event in make(server.base_url).draw(asking())]

    assert isinstance(events[-1], Failed)
    assert isinstance(events[-1].error, BadAnswer)
    assert "link" in events[-1].error.message
    events[-1].error.message.encode()  # a page and a database take it


@pytest.mark.parametrize("how", ["absolute", "with its port", "from the root", "relative"])
async def test_a_link_to_the_accounts_own_host_is_fetched_with_its_key(make: Make, how: str) -> None:
    async def answer(visit: Visit) -> None:
        host = visit.head.lower().split("host: ")[1].split("\r\n")[0]
        links = {
            "absolute": f"HTTP://{host}/v1/images/1",
            "with its port": f"http://{host}/v1/images/1",
            "from the root": "/v1/images/1",
            "relative": "images/1",
        }
        await visit.say(whole({"data": [{"url": links[how]}]}) if visit.method == "POST" else IMAGE)

    async with raw(answer) as server:
        events = await drawn(make(server.base_url, "sk-mine"))

    assert isinstance(events[-1], Finished)
    assert server.visits[-1].head.startswith("GET /v1/images/1 ")
    assert "authorization: Bearer sk-mine" in server.visits[-1].head


async def test_a_link_in_a_completed_event_is_fetched(make: Make) -> None:
    completed = {"type": "image_generation.completed", "url": "/v1/images/1", "usage": {"output_tokens": 5}}

    async def answer(visit: Visit) -> None:
        streamed = whole(event("image_generation.completed", completed), kind="text/event-stream")
        await visit.say(streamed if visit.method == "POST" else IMAGE)

    async with raw(answer) as server:
        events = await drawn(make(server.base_url), partial_images=1)

    assert isinstance(events[-1], Finished)
    assert png() == events[-1].pictures[0].data


async def test_one_link_that_fails_does_not_cost_the_other_image(make: Make) -> None:
    async def answer(visit: Visit) -> None:
        both = {"data": [{"url": "https://gone.example/1.png"}, {"b64_json": b64()}]}
        await visit.say(whole(both))

    async with raw(answer) as server:
        events = await drawn(make(server.base_url), n=2)

    assert isinstance(events[-1], Finished)
    assert 1 == len(events[-1].pictures)


@pytest.mark.parametrize(
    ("said", "hosts"),
    [
        ("images.example.com", ("images.example.com",)),
        (" A.example , .b.example,", ("a.example", ".b.example")),
        ("", ()),
    ],
)
def test_the_hosts_are_named_with_commas(monkeypatch: pytest.MonkeyPatch, said: str, hosts: tuple[str, ...]) -> None:
    monkeypatch.setenv("TRIPTYCH_IMAGE_HOSTS", said)

    assert hosts == Settings().image_hosts


@pytest.mark.parametrize("said", ["https://a.example", "a.example/x", "*", "*.a.example", "a.example:443", "a b"])
def test_what_is_no_host_is_refused(allow: Allow, said: str) -> None:
    allow(said)

    with pytest.raises(InvalidSetting, match="TRIPTYCH_IMAGE_HOSTS cannot be used: name hosts only"):
        settings()


async def test_the_end_of_a_name_allows_what_is_below_it(make: Make, allow: Allow) -> None:
    allow(".invalid")
    async with raw(linking("https://images.invalid/1.png")) as server:
        events = await drawn(make(server.base_url))

    assert isinstance(events[-1], Failed)
    assert isinstance(events[-1].error, errors.BadAnswer)
    assert "could not be fetched" in events[-1].error.message
