"""What `pip install` puts where."""

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.serving import ROOT, playground


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    pip = [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check"]
    subprocess.run([*pip, "wheel", "--no-deps", "--wheel-dir", str(folder), str(ROOT)], check=True, timeout=300)
    (built,) = folder.glob("*.whl")
    return built


def files(folder: Path) -> list[Path]:
    return [f for f in folder.rglob("*") if f.is_file() and "__pycache__" not in f.parts]


def test_nothing_generic_lands_in_site_packages(wheel: Path) -> None:
    tops = {name.split("/")[0] for name in zipfile.ZipFile(wheel).namelist()}

    assert {"triptych", wheel.name.removesuffix("-py3-none-any.whl") + ".dist-info"} == tops


def test_the_wheel_holds_what_the_checkout_holds(wheel: Path) -> None:
    pages = [ROOT / "app.py", ROOT / "server.py", ROOT / "icon.svg", ROOT / ".streamlit" / "config.toml"]
    places = {f.relative_to(ROOT).as_posix(): f for f in files(ROOT / "triptych")}
    for f in (*pages, *files(ROOT / "pages"), *files(ROOT / "components")):
        places[f"triptych/_pages/{f.relative_to(ROOT).as_posix()}"] = f

    with zipfile.ZipFile(wheel) as archive:
        packed = {name: archive.read(name) for name in archive.namelist() if name in places}

    assert {name: f.read_bytes() for name, f in places.items()} == packed


def test_neither_secrets_nor_leftovers_are_packed(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()

    assert [] == [name for name in names if name.endswith(("secrets.toml", ".env", ".pyc"))]


def test_the_command_is_installed(wheel: Path) -> None:
    archive = zipfile.ZipFile(wheel)
    (entry_points,) = (name for name in archive.namelist() if name.endswith("entry_points.txt"))

    assert "triptych = triptych.cli:main" in archive.read(entry_points).decode()


def test_the_installed_command_serves_the_pages(wheel: Path, tmp_path: Path) -> None:
    site = tmp_path / "site"
    zipfile.ZipFile(wheel).extractall(site)

    with playground(tmp_path, root=site, is_cold=True) as address:
        assert address.startswith("http://127.0.0.1:")
