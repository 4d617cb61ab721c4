"""One picture of any make becomes RGB bytes: upright, on white, nothing clipped, nothing else executed."""

import struct
from contextlib import suppress

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from course_utils.data import picture_decoding
from course_utils.data.picture_decoding import HEIC, UnreadablePictureError, decode_picture

RED, BLUE, WHITE = (255, 0, 0), (0, 0, 255), (255, 255, 255)


def two_halves(width: int = 40, height: int = 40) -> Image.Image:
    """Red above blue."""
    picture = Image.new("RGB", (width, height), RED)
    picture.paste(BLUE, (0, height // 2, width, height))
    return picture


def pixels(path, side: int = 8) -> np.ndarray:
    decoded = decode_picture(path, side).pixels
    assert decoded.shape == (side, side, 3)
    assert decoded.dtype == np.uint8
    return decoded.astype(int)


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_picture_is_turned_as_the_camera_recorded(tmp_path, orientation):
    turns = {
        2: Image.Transpose.FLIP_LEFT_RIGHT,
        3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_90,  # the recorded 6 says: turn clockwise, so it was stored turned the other way
        7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_270,
    }
    upright = two_halves()
    upright.paste(WHITE, (0, 0, 20, 20))  # the upper left quarter
    stored = upright.transpose(turns[orientation]) if orientation in turns else upright
    exif = Image.Exif()
    exif[0x0112] = orientation
    stored.save(tmp_path / "a.png", exif=exif)
    found = pixels(tmp_path / "a.png")
    assert [tuple(found[r, c]) for r, c in ((1, 1), (1, 6), (6, 1))] == [WHITE, RED, BLUE]


def test_a_damaged_record_of_the_camera_does_not_cost_the_picture(tmp_path):
    two_halves().save(tmp_path / "a.jpg", exif=b"Exif\x00\x00II*\x00\xff\xff\xff\xff broken")
    assert pixels(tmp_path / "a.jpg")[0, 0, 0] > 200


@pytest.mark.parametrize(
    ("mode", "name", "top"),
    [
        ("L", "a.png", (76, 76, 76)),
        ("P", "a.png", RED),
        ("P", "a.gif", RED),
        ("RGBA", "a.png", RED),
        ("CMYK", "a.tif", RED),
        ("CMYK", "a.jpg", RED),
        ("YCbCr", "a.jpg", RED),
        ("LA", "a.png", (76, 76, 76)),
        ("RGB", "a.tiff", RED),
        ("RGB", "a.bmp", RED),
        ("RGB", "a.webp", RED),
        ("L", "a.jpg", (76, 76, 76)),
    ],
)
def test_every_kind_of_colour_becomes_rgb(tmp_path, mode, name, top):
    two_halves().convert(mode).save(tmp_path / name)
    found = pixels(tmp_path / name)
    assert abs(found[1, 4] - top).max() <= 12


def test_black_and_white_becomes_rgb(tmp_path):
    picture = Image.new("1", (40, 40), 0)
    picture.paste(1, (0, 0, 40, 20))
    picture.save(tmp_path / "a.png")
    assert [tuple(pixels(tmp_path / "a.png")[row, 4]) for row in (1, 6)] == [WHITE, (0, 0, 0)]


@pytest.mark.parametrize("kind", ["RGBA", "LA", "P", "RGB", "L"])
def test_what_is_transparent_shows_white_and_not_the_colour_hidden_under_it(tmp_path, kind):
    if kind in ("RGBA", "LA"):
        picture = Image.new("RGBA", (20, 20), (255, 0, 0, 0)).convert(kind)
        picture.paste(Image.new("RGBA", (20, 10), (0, 0, 0, 255)).convert(kind), (0, 10))
        picture.save(tmp_path / "a.png")
    else:
        picture = Image.new("RGB", (20, 20), (255, 0, 0))
        picture.paste((0, 0, 0), (0, 10, 20, 20))
        picture = picture.convert(kind)
        hidden = picture.getpixel((0, 0))
        picture.save(tmp_path / "a.png", transparency=hidden)
    found = pixels(tmp_path / "a.png")
    assert tuple(found[1, 4]) == WHITE
    assert tuple(found[6, 4]) == (0, 0, 0)


def test_half_transparent_is_mixed_with_white(tmp_path):
    Image.new("RGBA", (9, 9), (0, 0, 0, 128)).save(tmp_path / "a.webp", lossless=True)
    assert abs(pixels(tmp_path / "a.webp") - 127).max() <= 1


@pytest.mark.parametrize("name", ["a.png", "a.tif"])
def test_sixteen_bits_are_scaled_over_their_whole_range(tmp_path, name):
    ramp = np.repeat(np.linspace(0, 65535, 8).astype(np.uint16)[None], 8, 0)
    Image.fromarray(ramp).save(tmp_path / name)
    np.testing.assert_allclose(pixels(tmp_path / name)[0, :, 0], np.linspace(0, 255, 8), atol=1)


@settings(max_examples=25, deadline=None)
@given(low=st.floats(-1e6, 1e6), span=st.floats(2, 1e6))
def test_floats_without_a_known_range_are_stretched_over_their_own(tmp_path_factory, low, span):
    path = tmp_path_factory.mktemp("f") / "a.tif"
    Image.fromarray((low + span * np.linspace(0, 1, 64).reshape(8, 8)).astype(np.float32)).save(path)
    found = pixels(path)
    if low < 0 or low + span > 1:
        assert found.min() == 0
        assert found.max() == 255


def test_floats_of_zero_to_one_keep_their_brightness(tmp_path):
    Image.fromarray(np.full((8, 8), 0.5, np.float32)).save(tmp_path / "a.tif")
    assert abs(pixels(tmp_path / "a.tif") - 127.5).max() <= 1


def test_a_dark_picture_of_sixteen_bits_is_recognised(tmp_path):
    for name, value in (("dark.png", 4000), ("light.png", 40000)):
        Image.fromarray(np.full((8, 8), value, np.uint16)).save(tmp_path / name)
    assert decode_picture(tmp_path / "dark.png", 8).dim
    assert not decode_picture(tmp_path / "light.png", 8).dim


@pytest.mark.parametrize("name", ["a.gif", "a.webp", "a.png"])
def test_of_an_animation_the_first_frame_is_taken(tmp_path, name):
    frames = [Image.new("RGB", (20, 20), colour) for colour in (RED, BLUE, WHITE)]
    frames[0].save(tmp_path / name, save_all=True, append_images=frames[1:])
    assert abs(pixels(tmp_path / name) - RED).max() <= 12


@pytest.mark.parametrize("size", [(1, 1), (1, 5000), (3000, 2), (8, 8)])
def test_any_shape_is_cut_to_its_middle_square(tmp_path, size):
    Image.new("RGB", size, RED).save(tmp_path / "a.png")
    assert (pixels(tmp_path / "a.png") == RED).all()


def test_the_middle_of_a_panorama_is_kept(tmp_path):
    picture = Image.new("RGB", (900, 100), RED)
    picture.paste(BLUE, (400, 0, 500, 100))
    picture.save(tmp_path / "a.png")
    assert (pixels(tmp_path / "a.png")[:, 1:-1] == BLUE).all()


def test_a_jpeg_beyond_pillows_guard_is_decoded_at_a_fraction(tmp_path, monkeypatch):
    two_halves(3000, 2400).save(tmp_path / "a.jpg")
    whole = pixels(tmp_path / "a.jpg")
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 10_000)
    monkeypatch.setattr(picture_decoding, "_MOST_PIXELS", 3_000_000)
    decoded = decode_picture(tmp_path / "a.jpg", 8)
    assert decoded.size == (1500, 1200)
    np.testing.assert_array_equal(decoded.pixels, whole)


@pytest.mark.parametrize(("name", "jpeg_limit"), [("a.png", 10**9), ("a.jpg", 1_000_000)])
def test_a_picture_too_large_to_decode_is_refused_before_it_is_decoded(tmp_path, monkeypatch, name, jpeg_limit):
    two_halves(1200, 1200).save(tmp_path / name)
    monkeypatch.setattr(picture_decoding, "_MOST_PIXELS", 1_000_000)
    monkeypatch.setattr(picture_decoding, "_MOST_JPEG_PIXELS", jpeg_limit)
    monkeypatch.setattr(Image.Image, "load", lambda self: pytest.fail("decoded"))
    with pytest.raises(UnreadablePictureError, match="too large"):
        decode_picture(tmp_path / name, 8)


def test_a_tiny_file_that_claims_two_hundred_megapixels_is_refused(tmp_path):
    Image.new("1", (20000, 10000)).save(tmp_path / "a.png")
    assert (tmp_path / "a.png").stat().st_size < 100_000
    with pytest.raises(UnreadablePictureError, match="too large: save it with at most 100 megapixels"):
        decode_picture(tmp_path / "a.png", 8)


def heic(path) -> None:
    path.write_bytes(struct.pack(">I", 24) + b"ftypheic" + bytes(12) + b"meta" + bytes(200))


@pytest.mark.parametrize("name", ["a.heic", "renamed.jpg"])
def test_heic_is_recognised_by_what_is_in_it(tmp_path, name):
    heic(tmp_path / name)
    with pytest.raises(UnreadablePictureError, match=f"^{HEIC}$"):
        decode_picture(tmp_path / name, 8)


def test_heic_is_read_where_the_package_for_it_is_installed(tmp_path, monkeypatch):
    class Plugin:
        @staticmethod
        def register_heif_opener():
            def read(file, filename):
                picture = Image.new("RGB", (20, 20), BLUE)
                return picture

            Image.register_open("HEIF", read, lambda start: start[4:12] == b"ftypheic")

    monkeypatch.setattr(picture_decoding, "import_module", lambda name: Plugin)
    monkeypatch.setattr(Image, "OPEN", dict(Image.OPEN))
    monkeypatch.setattr(Image, "ID", list(Image.ID))
    picture_decoding._readable_formats.cache_clear()
    try:
        heic(tmp_path / "a.heic")
        assert (pixels(tmp_path / "a.heic") == BLUE).all()
    finally:
        picture_decoding._readable_formats.cache_clear()


def test_what_is_not_a_picture_says_what_it_is(tmp_path):
    two_halves().save(tmp_path / "whole.jpg")
    content = (tmp_path / "whole.jpg").read_bytes()
    (tmp_path / "cut.jpg").write_bytes(content[: len(content) // 2])
    (tmp_path / "empty.jpg").touch()
    (tmp_path / "text.jpg").write_text("not a picture")
    (tmp_path / "folder.jpg").mkdir()
    (tmp_path / "loop.jpg").symlink_to(tmp_path / "loop.jpg")
    for name, reason in {
        "cut.jpg": "cut off",
        "empty.jpg": "empty",
        "text.jpg": "not a picture",
        "folder.jpg": "not a file",
        "loop.jpg": "symbolic links",
        "nothing.jpg": "No such file",
    }.items():
        with pytest.raises(UnreadablePictureError, match=reason):
            decode_picture(tmp_path / name, 8)


def test_a_format_that_would_start_another_program_is_not_opened(tmp_path):
    (tmp_path / "a.jpg").write_bytes(b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 10 10\n%%EndComments\n%%EOF\n")
    Image.init()
    with Image.open(tmp_path / "a.jpg") as picture:  # Pillow itself would take it
        assert picture.format == "EPS"
    with pytest.raises(UnreadablePictureError, match="not a picture"):
        decode_picture(tmp_path / "a.jpg", 8)


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_damage_anywhere_gives_a_picture_or_a_reason_and_nothing_else(tmp_path_factory, data):
    folder = tmp_path_factory.mktemp("damaged")
    name = data.draw(st.sampled_from(["a.jpg", "a.png", "a.gif", "a.tif", "a.webp", "a.bmp"]))
    two_halves().save(folder / name)
    content = bytearray((folder / name).read_bytes())
    for _ in range(data.draw(st.integers(1, 4))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    (folder / name).write_bytes(content[: data.draw(st.integers(1, len(content)))])
    with suppress(UnreadablePictureError):
        assert decode_picture(folder / name, 8).pixels.shape == (8, 8, 3)


def test_equal_pixels_have_equal_digests_in_any_lossless_format_and_other_pixels_do_not(tmp_path):
    picture = two_halves()
    for name in ("a.png", "a.bmp", "a.tif"):
        picture.save(tmp_path / name)
    picture.putpixel((0, 0), WHITE)
    picture.save(tmp_path / "other.png")
    Image.new("RGB", (2, 8)).save(tmp_path / "high.png")
    Image.new("RGB", (8, 2)).save(tmp_path / "wide.png")
    digests = {path.name: decode_picture(path, 8).digest for path in tmp_path.iterdir()}
    assert digests["a.png"] == digests["a.bmp"] == digests["a.tif"]
    assert len(set(digests.values())) == 4
