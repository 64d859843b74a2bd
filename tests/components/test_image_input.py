"""How large an input stands beside the canvas."""

from components.inputs.input_column import TALL, breadth


def test_an_input_one_pixel_wide_does_not_make_the_page_endless() -> None:
    assert 1 == breadth(1, 3000)
    assert TALL // 8 == breadth(1000, 8000)
    assert ["stretch"] * 3 == [breadth(1024, 1024), breadth(1536, 1024), breadth(1024, 3072)]
