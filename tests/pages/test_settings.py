"""The Settings page: which engine draws, what cannot be used, what visitors may, and faults to practise on."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from streamlit import config
from streamlit.testing.v1 import AppTest

from components.state.account import Connection
from components.state.services import Services
from tests.pages.kept import kept
from tests.pages.servers import Stub, listing
from tests.pages.tabs import PATIENCE, engine_name, environment, press, read, save, tab, words
from tests.serving import ROOT
from triptych.engine.serve import Engine

pytestmark = pytest.mark.usefixtures("framed")
CANARY = "sk-canary-0123456789abcdefghij"


@pytest.fixture
def other() -> Iterator[Engine]:
    """A server that speaks the API as OpenAI does, with a key of its own."""
    engine = Engine.start(token=CANARY)
    yield engine
    engine.stop()


def test_a_new_tab_without_a_key_is_on_the_demo(process: Services) -> None:
    page = tab()

    assert "demo" == page.button_group(key="engine").value
    assert ":material/bolt: Demo (free, offline)" == engine_name(page)
    assert "In use in this tab." in words(page)


def test_there_is_nothing_to_save_or_test_of_what_is_in_use_and_needs_neither(process: Services, other: Engine) -> None:
    page = tab()
    assert not {"run", "check"} & {button.key for button in page.button}  # the demo

    page.button_group(key="engine").set_value("compatible").run()
    assert ["Test and save"] == [button.label for button in page.button if button.key in {"run", "check"}]
    assert "What this server can do" not in [header.value for header in page.header]  # it would be the demo
    assert "In use in this tab." not in words(page)

    read(save(page, engine="compatible", base_url=other.base_url, api_key=CANARY))
    assert {"run", "check"} <= {button.key for button in page.button}
    page.button_group(key="engine").set_value("demo").run()
    assert ["Save"] == [button.label for button in page.button if button.key in {"run", "check"}]
    assert not {"run", "check"} & {button.key for button in press(page).button}


def test_a_typed_server_and_key_are_used_from_then_on(process: Services, other: Engine) -> None:
    page = save(tab(), engine="compatible", base_url=f" {other.base_url}/ ", api_key=f" {CANARY}\n")

    read(page)

    assert f":material/bolt: Compatible: 127.0.0.1:{other.port}" == engine_name(page)
    assert [200] == [entry.status for entry in other.log if entry.path == "/v1/models"]
    assert {"GET"} == {entry.method for entry in other.log}
    assert "Kind of server: Like OpenAI, detected." in words(page)


def test_a_key_that_is_refused_is_told_with_the_next_move(process: Services, other: Engine) -> None:
    page = read(save(tab(), engine="compatible", base_url=other.base_url, api_key="sk-wrong"))

    assert ["Change the key in Settings"] == [error.proto.title for error in page.error]
    assert "model list could not be read" in words(page)


def test_a_server_is_recognised_by_its_list_and_its_models_are_offered(process: Services, localai: Stub) -> None:
    page = read(save(tab(), engine="compatible", base_url=localai.base_url))

    generate = page.switch_page("pages/generate.py").run()

    assert ["flux.1-dev", "whisper"] == generate.selectbox(key="model").options
    assert "LocalAI" == kept(page, Connection).account.server.label


def test_a_server_that_one_tab_has_recognised_need_not_be_guessed_in_the_next(process: Services, localai: Stub) -> None:
    read(save(tab(), engine="compatible", base_url=localai.base_url))
    localai.may_answer.clear()

    other = save(tab(), engine="compatible", base_url=localai.base_url)

    assert "LocalAI" == kept(other, Connection).account.server.label
    localai.may_answer.set()
    read(other)


def test_the_list_is_read_once_for_each_account(process: Services, localai: Stub) -> None:
    page = read(save(tab(), engine="compatible", base_url=localai.base_url))

    for name in ("generate", "models", "settings"):
        page.switch_page(f"pages/{name}.py").run()

    assert [("/v1/models", None)] == localai.asked


def test_what_the_user_says_of_a_server_stands(process: Services, localai: Stub) -> None:
    page = read(save(tab(), engine="compatible", base_url=localai.base_url, server_kind="sd-cpp"))

    assert "stable-diffusion.cpp" == kept(page, Connection).account.server.label
    assert "Kind of server: stable-diffusion.cpp, as set." in words(page)


def test_a_server_that_is_not_recognised_is_not_called_recognised(process: Services) -> None:
    with listing({"id": "some-model"}) as stub:
        page = read(save(tab(), engine="compatible", base_url=stub.base_url))

    assert "The kind of server could not be detected." in words(page)


def test_no_price_is_called_unknown_for_good_while_the_server_thinks(process: Services, localai: Stub) -> None:
    localai.may_answer.clear()
    generate = save(tab(), engine="compatible", base_url=localai.base_url).switch_page("pages/generate.py").run()

    assert "The server is being asked what it is" in words(generate)

    localai.may_answer.set()
    assert "LocalAI is not priced here" in words(read(generate))


def test_the_page_stands_while_the_server_thinks(process: Services, localai: Stub) -> None:
    localai.may_answer.clear()
    page = save(tab(), engine="compatible", base_url=localai.base_url)

    assert f"Asking {localai.base_url.split('/')[2]} for its models…" in words(page)
    assert page.button(key="check").disabled

    localai.may_answer.set()
    assert "answers and lists 2 models" in words(read(page))


def test_the_connection_is_checked_on_demand(process: Services, localai: Stub) -> None:
    page = read(save(tab(), engine="compatible", base_url=localai.base_url))

    read(page.button(key="check").click().run())

    assert 2 == len(localai.asked)


def test_a_server_that_is_not_there_is_told(process: Services) -> None:
    page = read(save(tab(), engine="compatible", base_url="http://127.0.0.1:9/v1"))

    assert ["Check the server's address and the network"] == [error.proto.title for error in page.error]


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"base_url": "localhost:8080"}, "The address must start with http:// or https:// and name a host."),
        ({"base_url": "ftp://localhost"}, "The address must start with http:// or https:// and name a host."),
        ({"base_url": ""}, "Name the server's address, like http://localhost:8080/v1."),
        ({"base_url": "http://host:99999/v1"}, "The address must name a host, and after a colon a port"),
        ({"base_url": "http://[::1/v1"}, "The address must name a host, and after a colon a port"),
        ({"base_url": f"http://u:{CANARY}@h/v1"}, "The address must not hold a user name or password"),
        ({"base_url": "http://h/v1", "api_key": f"{CANARY} x"}, "The key holds a space, a line break"),
        ({"base_url": "http://h/v1", "api_key": f"{CANARY}é"}, "The key holds a space, a line break"),
        ({"base_url": "http://h/v1", "organization": "org\tx"}, "The organization holds a space, a line break"),
    ],
)
def test_what_cannot_be_used_is_refused_in_words(process: Services, fields: dict[str, str], sentence: str) -> None:
    page = save(tab(), engine="compatible", **fields)

    assert sentence in words(page)
    assert ["Change the setting"] == [error.proto.title for error in page.error]
    assert ":material/bolt: Demo (free, offline)" == engine_name(page)
    assert CANARY not in words(page)


def test_openai_without_a_key_is_refused_in_words(process: Services) -> None:
    page = save(tab(), engine="openai")

    assert "OpenAI needs a key." in words(page)


def test_an_environment_that_cannot_be_used_is_told_and_can_be_left(
    process: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    environment(monkeypatch, OPENAI_API_KEY=f"{CANARY} and more")
    page = AppTest.from_file(str(ROOT / "app.py"), default_timeout=PATIENCE).run()
    assert "The key holds a space, a line break or a character no key has." in words(page)
    assert not page.exception

    page.switch_page("pages/settings.py").run()
    assert ["Change the setting"] == [error.proto.title for error in page.error]
    save(page, engine="demo")

    assert ":material/bolt: Demo (free, offline)" == engine_name(page)
    assert CANARY not in words(page)


def test_a_setting_that_is_no_number_is_told_on_the_page(process: Services, monkeypatch: pytest.MonkeyPatch) -> None:
    environment(monkeypatch, TRIPTYCH_MAX_CONCURRENCY="many")

    page = AppTest.from_file(str(ROOT / "app.py"), default_timeout=PATIENCE).run()

    assert "TRIPTYCH_MAX_CONCURRENCY cannot be used" in words(page)
    assert not page.exception


@pytest.mark.parametrize("target", ["http://127.0.0.1:1/v1", "http://[::ffff:10.0.0.1]/v1", "http://169.254.169.254"])
def test_visitors_from_elsewhere_cannot_reach_the_servers_own_network(
    process: Services, target: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    config.set_option("server.address", "0.0.0.0")
    environment(monkeypatch, TRIPTYCH_ALLOW_ANONYMOUS="1")

    page = save(tab(), engine="compatible", base_url=target)

    assert "The address leads into this server's own network." in words(page)
    assert "Demo" in engine_name(page)


def test_visitors_from_elsewhere_see_no_path_no_keyring_and_no_faults(
    process: Services, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config.set_option("server.address", "0.0.0.0")
    environment(monkeypatch, TRIPTYCH_ALLOW_ANONYMOUS="1")

    page = tab()

    assert str(home) not in str([table.value.to_dict() for table in page.table])
    assert not [box for box in page.checkbox if box.key == "remember"]
    assert not [box for box in page.selectbox if box.key == "fault"]


def test_the_limits_name_their_variables(process: Services, monkeypatch: pytest.MonkeyPatch) -> None:
    environment(monkeypatch, TRIPTYCH_MAX_CONCURRENCY="3", TRIPTYCH_IMAGES_PER_MINUTE="5")

    *_, table = [one.value for one in tab().table]

    limits = {row["Set by"].strip("`"): row["Value"] for row in table.to_dict("records")}
    assert ("3", "5", "nothing") == tuple(
        limits[f"TRIPTYCH_{name}"] for name in ("MAX_CONCURRENCY", "IMAGES_PER_MINUTE", "CATALOG")
    )


def test_a_planned_fault_meets_the_next_drawing(process: Services, engine: Engine) -> None:
    page = tab()
    page.selectbox(key="fault").set_value("quota")
    page.number_input(key="fault_times").set_value(2)
    page.button(key="plan").click().run()

    assert ("quota", "quota") == engine.faults.pending
    assert "Queued for the next runs: quota ×2." in words(page)

    page.button(key="unplan").click().run()

    assert () == engine.faults.pending


def test_a_new_account_leaves_the_running_job_alone(process: Services, engine: Engine, localai: Stub) -> None:
    page = AppTest.from_file(str(ROOT / "app.py"), default_timeout=PATIENCE).run()
    page.text_area(key="prompt").set_value("a red square").run()
    page.button(key="run").click().run()
    client = kept(page, Connection).client

    read(save(page.switch_page("pages/settings.py").run(), engine="compatible", base_url=localai.base_url))

    (job,) = process.jobs.of("local")
    while not job.done:
        job.wait(job.version, PATIENCE)
    assert ((), 1) == (job.errors, len(job.saved))
    process.jobs.run(client.aclose()).result(PATIENCE)


def test_faults_are_for_the_demo_engine_alone(process: Services, localai: Stub) -> None:
    page = read(save(tab(), engine="compatible", base_url=localai.base_url))

    assert not [box for box in page.selectbox if box.key == "fault"]
    assert "Choose the demo engine above" in words(page)


def test_a_model_that_no_list_holds_can_be_typed(process: Services, localai: Stub) -> None:
    page = read(save(tab(), engine="compatible", base_url=localai.base_url))
    page.session_state["model"] = "my-deployment"  # AppTest types nothing into a selectbox

    generate = page.switch_page("pages/generate.py").run()

    assert "my-deployment" == generate.selectbox(key="model").value
    assert "Generate · price unknown" == generate.button(key="run").label
