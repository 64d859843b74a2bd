"""The `triptych` command."""

import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from openai import OpenAI

from tests import forks
from tests.serving import ROOT, free_port
from triptych import __version__, cli


def test_the_version_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        cli.main(["--version"])

    assert f"triptych {__version__}\n" == capsys.readouterr().out


@pytest.mark.parametrize("port", ["-1", "65536", "http", "1.5", ""])
def test_what_is_no_port_is_refused(port: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        cli.main([f"--port={port}"])

    assert "is not a port" in capsys.readouterr().err


@pytest.mark.parametrize("command", [[], ["engine"]], ids=["playground", "engine"])
def test_a_taken_port_is_told_in_a_sentence(command: list[str]) -> None:
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        holder.listen()
        port = holder.getsockname()[1]

        with pytest.raises(SystemExit, match=f"Cannot listen on 127.0.0.1 port {port}: .* --port"):
            cli.main([*command, f"--port={port}"])


def test_a_second_playground_on_the_same_home_is_told_so(home: Path) -> None:
    with cli.only_one(home), pytest.raises(SystemExit, match=f"Another triptych is using {home}"):
        cli.main(["--port=0", "--headless"])


def test_a_home_is_free_again_when_its_playground_is_gone(home: Path) -> None:
    with cli.only_one(home):
        pass

    with cli.only_one(home):
        assert (home / "lock").exists()


def test_a_home_that_cannot_be_made_is_told_in_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    with pytest.raises(SystemExit, match=r"Cannot write to .* TRIPTYCH_HOME"), cli.only_one(tmp_path / "file" / "home"):
        pass


@pytest.mark.parametrize("host", ["0.0.0.0", "192.0.2.1", "::", "example.com"])
def test_an_address_that_others_reach_is_not_local(host: str) -> None:
    assert not cli.is_local(host)


@pytest.mark.parametrize("host", ["127.0.0.1", "127.1.2.3", "::1", "localhost"])
def test_an_address_of_this_machine_is_local(host: str) -> None:
    assert cli.is_local(host)


def flags(*arguments: str) -> list[str]:
    options = cli.parser().parse_args(arguments)
    return list(cli.flags(options, options.host or cli.LOCAL, options.port or cli.PORT))


def test_the_agent_api_is_off_until_asked_for() -> None:
    assert "--server.enableAgentApi=true" not in flags()
    assert "--server.enableAgentApi=true" in flags("--agent-api")


def test_beyond_this_machine_any_host_name_may_be_used() -> None:
    assert "--server.allowedHosts=*" not in flags()
    assert "--server.allowedHosts=*" in flags("--host=0.0.0.0")


def test_nothing_is_served_to_others_without_login(tmp_path: Path) -> None:
    command = ["-m", "triptych.cli", "--host=0.0.0.0", "--port=0", "--headless"]

    ended = forks.run(*command, cwd=tmp_path, environment={**os.environ, "PYTHONPATH": str(ROOT)})

    assert (1, "") == (ended.returncode, ended.stdout)
    assert "will not serve 0.0.0.0 without login" in ended.stderr
    assert "Traceback" not in ended.stderr


@pytest.mark.parametrize(
    ("host", "name"),
    [
        ("127.0.0.1", "localhost"),
        ("0.0.0.0", "localhost"),
        ("::1", "[::1]"),
        ("a.example", "a.example"),
    ],
)
def test_an_address_is_written_as_a_browser_takes_it(host: str, name: str) -> None:
    assert name == cli.named(host)


def test_the_engine_is_served_to_other_programs(tmp_path: Path) -> None:
    port = free_port()
    command = [sys.executable, "-m", "triptych.cli", "engine", f"--port={port}"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}

    with subprocess.Popen(command, cwd=tmp_path, env=environment, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        said = process.stdout.readline()
        listed = OpenAI(api_key="any", base_url=f"http://127.0.0.1:{port}/v1", max_retries=5).models.list()
        process.terminate()

    assert f"http://localhost:{port}/v1" in said
    assert "gpt-image-2" in [model.id for model in listed]


def test_the_address_that_is_announced_ends_in_the_path_below_which_the_pages_are(tmp_path: Path) -> None:
    port = free_port()
    below = {"STREAMLIT_SERVER_BASE_URL_PATH": "paint/", "PYTHONPATH": str(ROOT), "TRIPTYCH_HOME": str(tmp_path)}
    command = ["-m", "triptych.cli", "--headless", f"--port={port}"]
    with forks.talking(*command, environment={**os.environ, **below}, cwd=tmp_path) as running:
        said = next(line for line in running.stdout if "Triptych is open" in line)
        running.send_signal(signal.SIGTERM)

    assert f"Triptych is open at http://localhost:{port}/paint  (Ctrl+C stops it)" == said.strip()
