"""Images and masks that rows name, by file, by ZIP and by history, and what of them is refused."""

import io
import zipfile
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image, ImageDraw

from triptych import masks
from triptych.batch import Images, Plan, each_image, images, plan, read_table, take_in
from triptych.inputs import Attachment
from triptych.request import ImageRequest

BASE = ImageRequest(model="gpt-image-2", prompt="on a beach", size="1024x1024", quality="low")


def png(colour: str = "red", size: tuple[int, int] = (64, 48)) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, colour).save(out, "PNG")
    return out.getvalue()


def mask_png(size: tuple[int, int] = (64, 48)) -> bytes:
    """White on black: a square in the upper left corner is to change."""
    image = Image.new("L", size, 0)
    ImageDraw.Draw(image).rectangle((0, 0, size[0] // 2 - 1, size[1] // 2 - 1), 255)
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()


def zipped(entries: Mapping[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in entries.items():
            archive.writestr(name, data)
    return out.getvalue()


def uploaded(*files: tuple[str, bytes]) -> Images:
    kept: dict[str, bytes] = {}
    found = take_in(
        [(name, io.BytesIO(data)) for name, data in files], lambda one, data: kept.update({one.sha256: data})
    )
    return Images(
        found.named, read=lambda one: kept[one.sha256], twice=found.twice, problems=found.problems, notes=found.notes
    )


def planned(text: str, given: Images) -> Plan:
    return plan(read_table("p.csv", text.encode()), "", BASE, given)


def told(of: Plan) -> list[tuple[int, str]]:
    return [(problem.row, problem.column) for problem in of.problems]


def test_a_row_that_names_images_is_an_edit_of_them() -> None:
    shots = zipped({"in/b.png": png("blue"), "__MACOSX/in/._b.png": b"", "n.txt": b""})
    given = uploaded(("a.png", png("red")), ("shots.zip", shots))

    assert () == given.problems
    found = planned("image,prompt\na.png,\nB.PNG,at night\na.png; in/b.png,\n", given)

    a, b = given.named["a.png"], given.named["in/b.png"]
    assert [(a,), (b,), (a, b)] == [request.images for request in found.requests.values()]
    assert ["on a beach", "at night", "on a beach"] == [request.prompt for request in found.requests.values()]
    assert {"edits"} == {request.endpoint for request in found.requests.values()}


def test_an_image_of_the_history_is_named_by_its_id() -> None:
    old = Attachment.of(png())
    given = Images(record={"rec-1": old}.get)

    found = planned("image,prompt\nrec-1,\nrec-2,\n", given)

    assert [(old,)] == [request.images for request in found.requests.values()]
    assert [(3, "image")] == told(found)


def test_one_prompt_over_all_images_needs_no_table() -> None:
    given = uploaded(("b.png", png("blue")), ("a.png", png("red")))

    found = plan(each_image(given), "", BASE, given)

    assert ["b.png", "a.png"] == [row.values["image"] for row in found.rows]
    assert [(one,) for one in given.named.values()] == [request.images for request in found.requests.values()]
    assert () == found.notes


def test_an_image_that_is_misspelled_offers_the_nearest() -> None:
    (problem,) = planned("image\nshoe-rd.png\n", uploaded(("shoe-red.png", png()))).problems

    assert (2, "image") == (problem.row, problem.column)
    assert 'Did you mean "shoe-red.png"?' in problem.sentence


def test_a_path_that_leads_out_is_only_a_name_that_nothing_has() -> None:
    found = planned("image\n../../etc/passwd\n/etc/hosts\nC:\\boot.ini\n..\\a.png\n", uploaded(("a.png", png())))

    assert [(2, "image"), (3, "image"), (4, "image")] == told(found)
    assert [("row5", 0)] == list(found.requests)  # a file on somebody's machine, by its last name


def test_two_images_of_one_name_are_both_there_and_a_row_that_names_them_is_not_guessed() -> None:
    given = uploaded(("a.png", png("red")), ("x.zip", zipped({"a.png": png("blue")})), ("b.png", png("lime")))

    assert ["a (1).png", "a (2).png", "b.png"] == list(given.named)
    assert "More than one image is named a.png" in given.notes[0].sentence
    found = planned("image\na.png\nb.png\na (2).png\nA (1).PNG\n", given)
    assert [(2, "image")] == told(found)
    assert 'Two uploaded images are named "a.png"' in found.problems[0].sentence
    assert 3 == len(found.requests)
    assert 3 == len(plan(each_image(given), "", BASE, given).requests)


def test_the_same_image_twice_is_one() -> None:
    assert ["a.png"] == list(uploaded(("a.png", png()), ("a.png", png())).named)


def test_an_image_that_no_row_names_is_told() -> None:
    given = uploaded(*((f"{number}.png", png(size=(64, 16 + number))) for number in range(7)))

    (note,) = planned("image\n0.png\n", given).notes

    assert (
        "6 images are not used by any row and will not be sent: 1.png, 2.png, 3.png, 4.png, 5.png and others."
        == note.sentence
    )


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        ("a.png", b"", "a.png: "),
        ("a.png", png()[:60], "a.png: "),
        ("a.gif", b"GIF89a", "a.gif: "),
        ("evil.zip", zipped({"../a.png": png(), "b.png": png()}), "leads out of it"),
        ("bomb.zip", zipped({"a.png": bytes(40 << 20)}), "grows far too much"),
        ("cut.zip", zipped({"a.png": png()})[:50], "ZIP file"),
    ],
)
def test_what_cannot_be_taken_is_named_and_the_others_are_there(name: str, data: bytes, said: str) -> None:
    given = uploaded((name, data), ("good.png", png()))

    assert ["good.png"] == list(given.named)
    assert [True] == [said in problem.sentence for problem in given.problems]
    found = plan(each_image(given), "", BASE, given)
    assert 1 == len(found.requests)
    assert given.problems == found.problems


def test_an_entry_too_heavy_to_be_sent_is_named_before_it_is_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(images, "MOST_IMAGE_BYTES", 100)

    given = uploaded(("x.zip", zipped({"a.png": png()})))

    assert ["a.png is 50 MB or larger. Make it smaller."] == [problem.sentence for problem in given.problems]


def test_more_images_than_a_batch_takes_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(images, "MOST_IMAGES", 2)

    given = uploaded(*((f"{number}.png", png(size=(64, 16 + number))) for number in range(3)))

    assert (2, 1) == (len(given.named), len(given.problems))


def test_one_mask_for_all_is_scaled_only_where_the_ratio_is_the_same() -> None:
    given = uploaded(
        ("same.png", png()),
        ("twice.png", png("blue", (128, 96))),
        ("third.png", png("lime", (85, 64))),
        ("square.png", png("lime", (64, 64))),
        ("mask.png", mask_png()),
    )

    found = plan(each_image(given, "mask.png"), "", BASE, given)

    assert ["64x48", "128x96", "85x64"] == [request.mask.size for request in found.requests.values() if request.mask]
    assert [(4, "mask")] == told(found)
    assert "The mask is 64x48 and its image is 64x64" in found.problems[0].sentence
    second = list(found.requests.values())[1].mask
    assert second
    paint = masks.decode(given.made[second.sha256], (128, 96))
    assert (255, 0) == (paint.getpixel((10, 10)), paint.getpixel((100, 80)))


def test_a_mask_that_leaves_nothing_to_change_is_named() -> None:
    found = planned("image,mask\na.png,a.png\na.png,gone.png\na.png,\n", uploaded(("a.png", png("black"))))

    assert [(2, "mask"), (3, "mask")] == told(found)
    assert [None] == [request.mask for request in found.requests.values()]


def test_the_subject_and_the_background_are_masks_of_each_image() -> None:
    picture = Image.new("RGBA", (64, 48), (0, 0, 0, 0))
    ImageDraw.Draw(picture).ellipse((20, 10, 44, 38), (200, 30, 30, 255))
    out = io.BytesIO()
    picture.save(out, "PNG")
    given = uploaded(("a.png", out.getvalue()), ("plain.png", png("grey", (320, 320))))

    found = planned("image,mask\na.png,The Subject\na.png,background\nplain.png,subject\n", given)

    assert [(4, "mask")] == told(found)
    assert "No subject was found" in found.problems[0].sentence
    painted = [masks.decode(given.made[one.mask.sha256], (64, 48)) for one in found.requests.values() if one.mask]
    assert [255, 0] == [paint.getpixel((32, 24)) for paint in painted]
    assert [0, 255] == [paint.getpixel((2, 2)) for paint in painted]


def test_without_the_extra_a_subject_is_refused_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("triptych.vision.needs._missing", lambda _: "This needs the extra vision.")

    found = planned("image,mask,prompt\na.png,subject,\na.png,,\n", uploaded(("a.png", png())))

    assert [(2, "mask", "This needs the extra vision.")] == [(p.row, p.column, p.sentence) for p in found.problems]
    assert 1 == len(found.requests)


def test_a_mask_is_made_once_for_each_image() -> None:
    read = list[str]()
    given = uploaded(("a.png", png()), ("m.png", mask_png()))
    counted = Images(given.named, read=lambda one: (read.append(one.sha256), given.read(one))[1])

    found = plan(read_table("p.csv", b"image,mask\n" + b"a.png,m.png\n" * 5), "", BASE, counted)

    assert (5, 1, 1) == (len(found.requests), len(read), len(counted.made))
    again = replace(counted, masks=dict(counted.masks), made={})
    assert found.requests == plan(read_table("p.csv", b"image,mask\n" + b"a.png,m.png\n" * 5), "", BASE, again).requests
    assert 1 == len(read)


def test_rows_find_their_images_among_thousands() -> None:
    one = Attachment.of(png())
    given = Images({f"in/{number}.png": one for number in range(5_000)})
    text = "image\n" + "\n".join(f"{number}.PNG" for number in range(5_000))

    assert 5_000 == len(planned(text, given).requests)


def test_nothing_is_written_where_the_images_come_from(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)

    uploaded(("../up.png", png()), ("/root.png", png("blue")))

    assert [] == list(tmp_path.iterdir())
