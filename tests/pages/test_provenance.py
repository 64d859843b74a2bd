"""The Provenance page: what is dropped on it, chosen or sent to it, and the three verdicts in words."""

import io
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image
from streamlit.testing.v1 import AppTest

from components.provenance.server_check import Checking
from components.state.account import Connection
from components.state.services import Services
from tests.pages.history_tab import click, look
from tests.pages.kept import kept
from tests.pages.made import drawn
from tests.pages.tabs import environment, nodes
from tests.triptych.provenance.signing import Authority, claim, expired, flipped, plain, signed
from triptych.engine.serve import Engine
from triptych.servers import GENERIC, Account

KNOWN = Authority()
PATIENCE = 60.0  # seconds


def provenance(app: AppTest) -> AppTest:
    page = app.switch_page("pages/provenance.py").run()
    assert not page.exception
    return page


def inspected(app: AppTest, data: bytes, name: str = "lighthouse.png") -> AppTest:
    """The page after a file was dropped on it and Inspect was pressed."""
    page = provenance(app)
    page.file_uploader(key="inspect_file").set_value((name, data, "application/octet-stream")).run()
    return click(page, "run")


def words(page: AppTest) -> str:
    """Everything the page says, without the backslashes that keep Markdown out."""
    said = [str(each.value) for kind in ("markdown", "caption", "error", "header", "info") for each in page.get(kind)]
    return " ".join((*said, *(error.proto.title for error in page.error))).replace("\\", "")


def test_an_empty_page_has_one_button_which_says_what_is_missing(app: AppTest) -> None:
    page = click(provenance(app), "run")

    assert "Provenance" == page.title[0].value
    assert "Inspect" == page.button(key="run").label
    assert "No file yet" in words(page)


def test_a_sample_that_the_demo_signs_is_inspected_by_one_click(app: AppTest) -> None:
    page = click(provenance(app), "try_sample")

    assert "**Intact**" in words(page)
    assert "**Declares: made by software, not by AI**" in words(page)
    assert "try_sample" not in {button.key for button in page.button}


def test_a_file_is_inspected_when_the_button_is_pressed(app: AppTest) -> None:
    page = provenance(app)
    page.file_uploader(key="inspect_file").set_value(("a.png", signed(KNOWN), "image/png")).run()
    assert "Intact" not in words(page)

    said = words(click(page, "run"))

    assert "**Intact**" in said
    assert "**Issuer not checked**" in said
    assert "**Declares: made by AI**" in said
    assert "Lighthouse Labs" in said


def test_a_known_issuer_is_one_of_the_trust_list(app: AppTest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "trusted.pem").write_bytes(KNOWN.anchors)
    environment(monkeypatch, TRIPTYCH_TRUST_LIST=str(tmp_path / "trusted.pem"))

    assert "**Known issuer**" in words(inspected(app, signed(KNOWN)))
    assert "**Unknown issuer**" in words(inspected(app, signed(Authority("Somebody Else"))))
    assert "**Expired certificate**" in words(inspected(app, expired(signed(KNOWN), KNOWN)))


def test_a_trust_list_that_cannot_be_read_is_said_with_what_to_change(
    app: AppTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    environment(monkeypatch, TRIPTYCH_TRUST_LIST="/nowhere/trusted.pem")

    said = words(inspected(app, signed(KNOWN)))

    assert "TRIPTYCH_TRUST_LIST cannot be read" in said
    assert "Change the setting" in said


def test_a_changed_file_is_called_changed_and_its_declaration_doubted(app: AppTest) -> None:
    data = signed(KNOWN)

    said = words(inspected(app, flipped(data, len(data) - 200)))

    assert "**Changed after signing**" in said
    assert "cannot be relied on" in said


def test_no_manifest_proves_nothing(app: AppTest) -> None:
    said = words(inspected(app, plain()))

    assert "**No manifest**" in said
    assert "proves nothing" in said


ODD: dict[str, tuple[Callable[[], bytes], str]] = {
    "nothing": (bytes, "This file is empty"),
    "a text": (lambda: b"hello", "Manifests cannot be read from this kind of file"),
    "a part of a file": (lambda: signed(KNOWN)[:900], "damaged"),
}


@pytest.mark.parametrize(("make", "why"), ODD.values(), ids=ODD)
def test_a_file_that_cannot_be_read_has_its_next_move(app: AppTest, make: Callable[[], bytes], why: str) -> None:
    said = words(inspected(app, make(), "odd.png"))

    assert why in said
    assert "Choose another file" in said


def test_a_file_without_a_preview_is_read_all_the_same(app: AppTest) -> None:
    out = io.BytesIO()
    Image.new("RGB", (8, 8)).save(out, "AVIF")

    said = words(inspected(app, out.getvalue(), "a.avif"))

    assert "No preview of AVIF" in said
    assert "**No manifest**" in said


def test_the_manifest_is_told_as_tables_as_a_tree_and_raw(app: AppTest) -> None:
    family = signed(KNOWN, parents={"sketch.png": signed(KNOWN)}, claims=claim(None, "c2pa.color_adjustments"))

    page = inspected(app, family)

    tables = " ".join(json.dumps(table.value.to_dict("list")) for table in page.table).replace("\\", "")
    for fact in (
        "Lighthouse Studio 4.2",
        "Color adjustments",
        "gpt-image 2.6",
        "CN=Lighthouse Labs Root",
        "none; the signing",
    ):
        assert fact in tables
    said = words(page)
    assert "sketch.png" in said
    assert "the image that was edited" in said
    assert "Declares: made from an AI image" in said
    assert "urn:c2pa:" in page.code[0].value
    assert "Thumbnail of sketch.png" in [image.proto.imgs[0].alt for image in page.get("image")]


def test_what_a_manifest_says_is_never_markdown(app: AppTest) -> None:
    claims = claim() | {"title": "**bold** ![x](https://x.example/a.png) <script>"}

    page = inspected(app, signed(KNOWN, claims=claims), "**name**.png")

    kinds = {"code", "file_uploader"}  # neither reads Markdown
    raw = " ".join(str(getattr(node, "value", "")) for node in nodes(page) if getattr(node, "type", "") not in kinds)
    assert "**bold**" not in raw
    assert "**name**" not in raw
    assert "![x]" not in raw


@pytest.fixture
def asked(app: AppTest) -> AppTest:
    """The page on a signed file, whose check has been asked for and answered."""
    page = click(inspected(app, signed(KNOWN)), "check_provenance")
    if future := kept(page, Checking).asking:
        future.exception(PATIENCE)
        page.run()
    return page


def test_before_the_check_is_asked_for_it_is_said_what_is_sent_to_whom(app: AppTest) -> None:
    data = signed(KNOWN)

    page = inspected(app, data)

    assert f"Sends the whole file ({len(data):,} bytes, with all its metadata, but not its name)" in words(page)
    assert "Check with the demo engine" == page.button(key="check_provenance").label


def test_nothing_is_sent_before_it_is_asked_for(app: AppTest, engine: Engine) -> None:
    inspected(app, signed(KNOWN))

    assert [] == [entry for entry in engine.log if "provenance" in entry.path]


def test_the_answer_stands_beside_what_was_read_here(asked: AppTest, engine: Engine) -> None:
    said = words(asked)

    assert 1 == len([entry for entry in engine.log if entry.path == "/v1/content_provenance_checks"])
    assert "C2PA: intact" in said
    assert "C2PA: not detected" in said
    assert "SynthID: not detected" in said
    assert "does not show that a person made it" in said
    assert "Request req_" in said


def test_an_answer_belongs_to_its_file(asked: AppTest) -> None:
    asked.file_uploader(key="inspect_file").set_value(("b.png", plain(), "image/png")).run()

    assert "SynthID: not detected" not in words(click(asked, "run"))


def test_a_server_without_the_check_is_said_to_have_none(app: AppTest) -> None:
    page = provenance(app)
    kept(page, Connection).account = Account("https://images.example.com/v1", "sk-x", server=GENERIC, recognised=False)

    said = words(inspected(page, signed(KNOWN)))

    assert "Only OpenAI supports this check" in said
    assert not [button for button in page.button if button.key == "check_provenance"]


def test_an_image_of_the_history_has_its_panel_and_is_sent_to_the_page(app: AppTest, process: Services) -> None:
    record = drawn(process.store, "a red boat")
    page = click(look(app), f"open_{record.id}")
    panel = f"provenance_panel_details_{record.id}"
    assert "same bytes" not in words(page)

    page.session_state[panel] = True
    page.run()
    said = words(page)

    assert record.stored
    assert f"Answer, stored file and download are the same bytes. SHA-256 {record.stored.sha256}" in said
    assert "**No manifest**" in said
    sent = words(click(page, f"provenance_details_{record.id}"))
    assert "Provenance" == page.title[0].value
    assert "**No manifest**" in sent
    assert "Embed prompt in a copy" in [button.label for button in page.get("download_button")]


def opened_panel(app: AppTest, process: Services, spoil: Callable[[str], None]) -> str:
    """What the panel says of an image whose stored file was spoilt."""
    record = drawn(process.store, "a red boat")
    assert record.stored
    page = click(look(app), f"open_{record.id}")
    spoil(f"originals/{record.stored.sha256[:2]}/{record.stored.sha256}.png")
    page.session_state[f"provenance_panel_details_{record.id}"] = True
    return words(page.run())


def test_a_stored_file_that_is_gone_cannot_be_compared(app: AppTest, process: Services) -> None:
    said = opened_panel(app, process, process.store.files.place.remove)

    assert "The stored file is missing" in said
    assert "The image file is missing." in said


def test_a_stored_file_that_was_changed_is_found_out(app: AppTest, process: Services) -> None:
    place = process.store.files.place

    def change(name: str) -> None:
        data = place.read(name)
        place.remove(name)
        place.write(name, flipped(data, len(data) - 20))

    assert "The stored file is not the answer as it came" in opened_panel(app, process, change)


def test_an_image_whose_file_is_gone_is_said_where_it_was_sent(app: AppTest, process: Services) -> None:
    record = drawn(process.store, "a red boat")
    assert record.stored
    sha256 = record.stored.sha256
    page = click(look(app), f"open_{record.id}")
    process.store.files.place.remove(f"originals/{sha256[:2]}/{sha256}.png")

    assert "is missing" in words(click(page, f"provenance_details_{record.id}"))


def test_an_image_is_chosen_from_the_history(app: AppTest, process: Services) -> None:
    record = drawn(process.store, "a red boat")
    page = click(provenance(app), "take_history")

    click(page, f"take_{record.id}")

    assert "**No manifest**" in words(page)
