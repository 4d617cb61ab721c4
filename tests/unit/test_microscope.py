"""The layer microscope: what it opens on, what the page gets, and the widget whose traits are the page's controls."""

import base64
import io
import json

import ipywidgets
import keras
import numpy as np
import pytest
import traitlets
from hand_made import declared
from keras import Model, layers
from PIL import Image

from course_utils.backbones import load_backbone
from course_utils.errors import CourseError
from course_utils.frontend import FRONT_ENDS
from course_utils.frontend.placed import WIDGET_VIEW
from course_utils.inspection import activations, channel_sketches, favourite_patches, maximise_channels
from course_utils.labs import microscope
from course_utils.labs.microscope_lab.microscope import STEPS, TABLE, Microscope
from course_utils.labs.microscope_lab.microscope_data import favourites_data, map_data, page_data


@pytest.fixture(scope="module")
def backbone():
    return load_backbone("embedded", weights=None)


@pytest.fixture(scope="module")
def images():
    return np.random.default_rng(0).integers(0, 256, (20, 32, 32, 3), dtype=np.uint8)


@pytest.fixture(scope="module")
def scope(backbone, images):
    return Microscope(backbone, images)


@pytest.fixture
def lab(backbone, images):
    lab = microscope(backbone, images)
    lab.sent = []
    lab.send = lambda content, buffers=None: lab.sent.append(content)
    yield lab
    lab.live.stop()
    lab.live.join(60)


def asked(lab, **content):
    """Send what the page sends, and return what it gets."""
    before = len(lab.sent)
    lab._handle_custom_msg(content, [])
    return lab.sent[before:]


def pixels(address):
    """Return the picture in a data URL."""
    return np.asarray(Image.open(io.BytesIO(base64.b64decode(address.partition(",")[2]))))


def test_it_opens_on_a_channel_that_answers_to_its_picture(scope):
    picture, block, channel = scope.start
    assert block == "block2"
    answer = scope.maps(picture, block)[..., scope.blocks[block].channels.index(channel)]
    assert answer.max() > 0
    assert answer.max() == answer[1:-1, 1:-1].max()  # not at the edge, where the padding speaks


def test_maps_are_the_activations_of_the_channels_that_respond_at_all(scope, backbone):
    for name, block in scope.blocks.items():
        maps = activations(backbone, scope.gallery[3:4], name)[0]
        np.testing.assert_allclose(scope.maps(3, name), maps[..., block.channels], atol=1e-5)
        assert maps.shape[:2] == block.size
        assert set(block.channels) == set(np.flatnonzero(block.peaks.max(axis=0) > 0))


def test_favourites_are_the_favourite_patches(scope, backbone, images):
    channels = scope.blocks["block2"].sheet(1)
    expected = favourite_patches(backbone, images, "block2", channels)
    np.testing.assert_array_equal(scope.favourites("block2", 1), expected)


def test_the_last_sheet_holds_what_is_left(scope):
    block = scope.blocks["block1"]
    sheets = [block.sheet(number) for number in range(block.sheets)]
    assert [channel for sheet in sheets for channel in sheet] == block.channels
    assert all(1 <= len(sheet) <= TABLE["sheet"] for sheet in sheets)


def test_a_block_opens_on_a_channel_of_its_first_sheet_that_the_picture_excites(scope):
    for name, block in scope.blocks.items():
        for picture in range(len(scope.gallery)):
            channel = scope.opening(picture, name)
            assert channel in block.sheet(0)
            assert scope.maps(picture, name)[..., block.channels.index(channel)].max() > 0


def test_a_network_without_rectifier_and_with_silent_channels_is_looked_into_as_well():
    pictures = layers.Input((16, 16, 3))
    drawn = keras.initializers.GlorotUniform(seed=0)  # with others, a channel may be silent by chance
    # Linear: half of its responses are negative.
    x = layers.Conv2D(6, 3, strides=2, kernel_initializer=drawn, name="block1_conv")(pictures)
    x = layers.ReLU(name="block2_relu")(layers.Conv2D(5, 3, kernel_initializer=drawn, name="block2_conv")(x))
    model = declared(Model(pictures, x, name="linear"), block1="block1_conv", block2="block2_relu")
    kernel, bias = model.get_layer("block2_conv").get_weights()
    model.get_layer("block2_conv").set_weights([kernel, np.where(np.arange(5) == 2, -1e6, bias)])
    scope = Microscope(model, np.random.default_rng(0).integers(0, 256, (9, 16, 16, 3), dtype=np.uint8))
    assert scope.maps(0, "block1").min() == 0
    assert sorted(scope.blocks["block2"].channels) == [0, 1, 3, 4]
    assert scope.blocks["block2"].width == 5


def test_a_block_that_never_responds_is_refused(images):
    pictures = layers.Input((32, 32, 3))
    x = layers.ReLU(name="block1_relu")(layers.Conv2D(2, 3, bias_initializer="zeros", name="block1_conv")(pictures))
    model = declared(Model(pictures, x, name="silent"), block1="block1_relu")
    model.set_weights([-np.ones_like(weight) for weight in model.get_weights()])
    with pytest.raises(CourseError, match="No channel of block1 responds"):
        Microscope(model, images)


def test_too_few_pictures_are_refused(backbone, images):
    with pytest.raises(CourseError, match="needs 8 or more"):
        microscope(backbone, images[:7])


def test_many_pictures_are_thinned_out_evenly(backbone, images):
    scope = Microscope(backbone, np.concatenate([images] * 30))
    assert len(scope.images) == 256
    np.testing.assert_array_equal(scope.images[0], images[0])
    np.testing.assert_array_equal(scope.images[-1], images[-1])
    assert len(scope.gallery) == TABLE["gallery"]


def test_what_does_not_exist_is_refused(scope):
    for call in (
        lambda: scope.maps(99, "block1"),
        lambda: scope.maps(0, "conv5"),
        lambda: scope.favourites("block1", 9),
        lambda: scope.favourites("block1", -1),
    ):
        with pytest.raises(CourseError, match="This lab has no"):
            call()


def test_the_page_gets_the_gallery_and_the_blocks_at_once(scope, images):
    data = page_data(scope)
    assert len(json.dumps(data, allow_nan=False)) < 100_000
    assert [block["name"] for block in data["blocks"]] == ["block1", "block2", "block3", "block4"]
    np.testing.assert_array_equal(pixels(data["pictures"][0]), images[0])  # nothing is lost
    assert all(len(block["channels"]) == 24 for block in page_data(scope, 24)["blocks"])


def test_maps_travel_as_bytes_up_to_each_channels_peak(scope):
    maps = scope.maps(2, "block3")
    found = map_data(scope, 2, "block3")
    count = len(scope.blocks["block3"].channels)
    levels = np.frombuffer(base64.b64decode(found["levels"]), np.uint8).reshape(count, *scope.blocks["block3"].size)
    again = levels * np.array(found["peaks"])[:, None, None] / 255
    np.testing.assert_allclose(again, maps.transpose(2, 0, 1), atol=maps.max() / 255)
    assert len(base64.b64decode(map_data(scope, 2, "block3", 5)["levels"])) == 5 * 16


def test_favourites_travel_as_one_picture_with_a_row_by_channel(scope):
    assert pixels(favourites_data(scope, "block2", 0)).shape == (12 * 19, 8 * 19, 3)
    np.testing.assert_array_equal(
        pixels(favourites_data(scope, "block1", 0))[:7, :7], scope.favourites("block1", 0)[0, 0]
    )


def test_the_page_asks_for_maps_and_favourites(lab):
    (maps,) = asked(lab, command="maps", picture=1, block="block2")
    assert (maps["kind"], maps["picture"], maps["block"]) == ("maps", 1, "block2")
    (found,) = asked(lab, command="favourites", block="block2", sheet=1)
    assert (found["kind"], found["block"], found["sheet"]) == ("favourites", "block2", 1)


@pytest.mark.parametrize(
    "content",
    [
        {"command": "maps", "picture": 99, "block": "block1"},
        {"command": "maps"},
        {"command": "favourites", "block": ["block1"], "sheet": 0},
        {"command": "favourites", "block": "block1", "sheet": "0"},
        {"command": "dance"},
        {},
    ],
)
def test_a_request_that_no_page_makes_gets_no_answer(lab, content):
    assert asked(lab, **content) == []


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("picture", 12),
        ("picture", -1),
        ("block", "conv5"),
        ("channel", 99),
        ("guess", 64),
        ("guess", -1),
        ("seed", 100),
    ],
)
def test_a_trait_takes_only_what_a_control_has(lab, name, value):
    with pytest.raises((CourseError, traitlets.TraitError), match="Choose one from its controls"):
        setattr(lab, name, value)


def test_another_block_takes_a_channel_of_its_own_and_drops_a_guess_outside_its_map(lab):
    lab.guess = 63
    lab.block = "block4"
    assert lab.guess is None
    lab.channel = lab.scope.blocks["block4"].channels[-1]
    lab.block = "block1"
    assert lab.channel in lab.scope.blocks["block1"].channels


def test_block_and_channel_come_from_the_page_together(lab):
    channel = lab.scope.blocks["block4"].channels[7]
    lab.set_state({"block": "block4", "channel": channel, "guess": None})
    assert (lab.block, lab.channel) == ("block4", channel)


def test_what_excites_a_channel_is_drawn_live(lab):
    channel = lab.channel
    assert lab.start()
    lab.live.join(60)
    frames = [message["run"] for message in lab.sent if message["kind"] == "live" and message["run"]]
    assert frames[-1]["step"] == frames[-1]["total"] == STEPS
    assert frames[-1]["setting"] == {"block": "block2", "channel": channel, "seed": 0}
    assert pixels(frames[-1]["frame"]).shape == (32, 32, 3)
    assert lab.sent[-1]["words"] == f"Drawn in {STEPS} steps: what excites block2, channel {channel}."
    assert lab.model is lab.scope.backbone


def test_a_drawing_that_is_stopped_keeps_its_last_frame(lab):
    lab.live.observe(lambda _: lab.stop(), "update")
    lab.start()
    lab.live.join(60)
    last = lab.snapshot()
    assert 0 < last["run"]["step"] < STEPS
    assert last["run"]["outcome"] == "stopped"
    assert last["words"].startswith("Drawn in ")


def test_the_sketches_end_with_the_finished_picture(backbone):
    *_, last = channel_sketches(backbone, "block1", [0], steps=3)
    np.testing.assert_array_equal(last, maximise_channels(backbone, "block1", [0], steps=3))


def test_without_a_front_end_the_overview_is_shown_with_its_words(lab, monkeypatch):
    for name in FRONT_ENDS:
        monkeypatch.delenv(name, raising=False)
    shown = lab._repr_mimebundle_()
    assert WIDGET_VIEW not in shown
    assert "<img" in shown["text/html"]
    assert "block4" in shown["text/plain"]


def test_a_front_end_gets_a_place_for_the_widget_around_the_overview(lab, monkeypatch):
    monkeypatch.setenv("JPY_SESSION_NAME", "lesson.ipynb")
    shown = lab._repr_mimebundle_()
    assert f'<course-widget place="{lab.place}">' in shown["text/html"]
    assert "<img" in shown["text/html"]


def test_the_controls_can_be_linked_and_observed(lab):
    slider = ipywidgets.IntSlider(max=11)
    ipywidgets.link((slider, "value"), (lab, "picture"))
    slider.value = 5
    assert lab.picture == 5
