"""Caps hold for programs as for people, however many ask at once, and each token can have its own."""

import threading
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from pathlib import Path

import openai
import pytest
from pydantic import ValidationError

from tests.serving import playground
from tests.triptych.gateway.conftest import TOKEN, Gateway
from triptych.budget import promise
from triptych.engine.serve import Engine
from triptych.request import ImageRequest
from triptych.servers import LIKE_OPENAI
from triptych.settings import ApiToken, Settings

REQUEST = ImageRequest(model="gpt-image-2", prompt="racing", quality="low", size="1024x1024")
CLIENTS, FIT = 64, 10
FIELDS = {"model": REQUEST.model, "prompt": REQUEST.prompt, "quality": "low", "size": "1024x1024"}


def each() -> Decimal:
    """What one of them holds."""
    cost = promise(REQUEST, LIKE_OPENAI)
    assert cost
    return cost.high.quantize(Decimal("0.000001"))


def race(gateway: Gateway, token: str) -> list[str]:
    """How each of the clients fared that begin at the same moment: "drawn" or the code of the refusal."""
    together = threading.Barrier(CLIENTS)

    def draw(_number: int) -> str:
        with gateway.sdk(token) as sdk:
            together.wait(60)
            try:
                sdk.images.generate(**FIELDS)
            except openai.APIStatusError as error:
                return f"{error.status_code} {error.code}"
            return "drawn"

    with ThreadPoolExecutor(CLIENTS) as clients:
        return list(clients.map(draw, range(CLIENTS)))


@pytest.mark.parametrize("whose", ["everybody's", "the token's"])
def test_of_64_clients_at_once_exactly_ten_fit_under_a_cap_of_ten(
    tmp_path: Path, engine: Engine, upstream: dict[str, str], whose: str
) -> None:
    cap = f"{each() * FIT + each() / 2:f}"  # what is charged is so near to what is held that none more fits afterwards
    caps = {"everybody's": {"TRIPTYCH_BUDGET_DAY": cap}, "the token's": {"TRIPTYCH_API_TOKENS": f"ci:of-ci:{cap}"}}
    with playground(tmp_path, **upstream, **caps[whose]) as address:
        fared = race(Gateway(address, tmp_path), TOKEN if whose == "everybody's" else "of-ci")

    assert {"drawn": FIT, "402 budget_exceeded": CLIENTS - FIT} == {how: fared.count(how) for how in fared}
    assert FIT == sum(entry.method == "POST" for entry in engine.log)


def test_a_token_has_a_cap_of_its_own_and_the_records_its_name(
    tmp_path: Path, engine: Engine, upstream: dict[str, str]
) -> None:
    tokens = f"ci:token-of-ci:{each() * 2:f}, shop:token-of-shop"
    with playground(tmp_path, **upstream, TRIPTYCH_API_TOKENS=tokens) as address:
        gateway = Gateway(address, tmp_path)
        with gateway.sdk("token-of-ci") as ci, gateway.sdk("token-of-shop") as shop:
            ci.images.generate(**FIELDS)
            with pytest.raises(openai.APIStatusError) as refused:
                ci.images.generate(**{**FIELDS, "n": 2})
            shop.images.generate(**{**FIELDS, "n": 2})
        pages = gateway.rows("page, status")

    assert (402, "budget_exceeded") == (refused.value.status_code, refused.value.code)
    assert [("api: ci", "done"), ("api: shop", "done")] == pages


def test_what_a_token_of_a_person_makes_is_in_the_records_of_that_person(
    tmp_path: Path, engine: Engine, upstream: dict[str, str]
) -> None:
    ann = "https://id.example.com#ann"
    keyed = {"Idempotency-Key": "one"}
    with playground(tmp_path, **upstream, TRIPTYCH_API_TOKENS=f"ann:of-ann::{ann}, ci:of-ci") as address:
        gateway = Gateway(address, tmp_path)
        with gateway.sdk("of-ann") as hers, gateway.sdk("of-ci") as other:
            for client in (hers, hers, other):
                client.images.generate(**FIELDS, extra_headers=keyed)
        owners = gateway.rows("owner, page")

    assert [(ann, "api: ann"), ("local", "api: ci")] == owners


def test_tokens_are_read_by_name_with_and_without_a_cap() -> None:
    said = "ci:secret-1:5, shop:secret-2,ann:secret-3::https://id.example.com/#ann|7"
    read = Settings(api_token="alone", api_tokens=said).tokens  # type: ignore[arg-type]

    ann = ApiToken("ann", "secret-3", owner="https://id.example.com/#ann|7")
    assert (ApiToken("", "alone"), ApiToken("ci", "secret-1", Decimal(5)), ApiToken("shop", "secret-2"), ann) == read
    assert "secret" not in repr(read)


TWICE, SHARED = "ci:a-secret:5,shop:a-secret", "ci:secret-alone:5"  # whose cap would hold for neither


@pytest.mark.parametrize(
    "said",
    [
        "a-secret-alone",
        "ci:",
        ":a-secret",
        "ci:a-secret:much",
        "ci:a-secret,ci:other",
        "ci:a-secret:5:ann",
        TWICE,
        SHARED,
    ],
)
def test_tokens_that_cannot_be_read_are_refused_and_not_repeated(said: str) -> None:
    with pytest.raises(ValidationError) as refused:
        Settings(api_token="secret-alone", api_tokens=said)  # type: ignore[arg-type]

    assert "secret" not in str(refused.value.errors(include_input=False, include_context=False))
