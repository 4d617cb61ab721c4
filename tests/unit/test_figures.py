"""Figures: what they draw, say and list; how they show themselves."""

import base64
import io
import re
import subprocess
import sys
from html import unescape

import matplotlib as mpl
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from course_utils import figures
from course_utils.data import Dataset, Split
from course_utils.errors import CourseError
from course_utils.figures import Picture, style, words
from course_utils.figures.dark import darkened
from course_utils.inspection import ReceptiveField

RNG = np.random.default_rng(0)
PICTURES = RNG.integers(0, 256, (6, 32, 32, 3), np.uint8)
BUDGET = [
    {"method": method, "labels": labels, "accuracy": base + 0.1 * np.log10(labels) + 0.01 * seed, "seed": seed}
    for method, base in (("linear probe", 0.7), ("scratch", 0.2))
    for labels in (1, 10, 100)
    for seed in (0, 1, 2)
]
PROBES = [
    {"target": target, "weights": weights, "block": block, "accuracy": 0.5}
    for target in ("shapes", "digits")
    for weights in ("pretrained", "random")
    for block in ("block1", "block2")
]
REMEDIES = [
    {"method": method, "setting": setting, "seed": seed, "source": source + seed / 100, "target": target}
    for method, setting, source, target in (
        ("plain", 1e-4, 0.9, 0.7),
        ("plain", 1e-3, 0.2, 0.8),
        ("rehearsal", 0.12, 0.7, 0.8),
        ("rehearsal", 0.25, 0.8, 0.75),
    )
    for seed in (0, 1)
]
HISTORY = {"loss": [1.0, 0.5], "accuracy": [0.4, 0.9], "val_loss": [1.1, 1.0], "val_accuracy": [0.4, 0.5]}


def dataset() -> Dataset:
    split = Split(PICTURES, np.array([0, 1, 0, 1, 0, 1]))
    return Dataset("two", ("cat", "fish"), lambda part: split, "A card.")


BINS = [
    {"answers": 4, "confidence": 0.62, "accuracy": 0.25, "low": 0.03, "high": 0.72},
    {"answers": 21, "confidence": 0.93, "accuracy": 1.0, "low": 0.89, "high": 1.0},
]
GRID = [
    {"task": task, "strategy": strategy, "labels": labels, "seed": seed, "accuracy": base + labels / 100 + seed / 50}
    for task in ("shapes", "tissue")
    for strategy, base in (("features", 0.5), ("everything", 0.4))
    for labels in (5, 20)
    for seed in (0, 1)
]
WON = [{"task": "shapes", "labels": n, "head_start": 60.0 - n, "best": f"strategy {n}"} for n in (5, 20)]
EVERY = {
    "strategy_grid": lambda title: figures.strategy_grid(GRID, strategies=("features", "everything"), title=title),
    "strategy_map": lambda title: figures.strategy_map(WON, title=title),
    "halving_diagram": lambda title: figures.halving_diagram([8, 4, 2], [1, 2, 4], title=title),
    "picture_grid": lambda title: figures.picture_grid(PICTURES, list("abcdef"), columns=4, title=title),
    "class_gallery": lambda title: figures.class_gallery(dataset(), 2, title=title),
    "filter_grid": lambda title: figures.filter_grid(RNG.normal(size=(7, 7, 3, 9)), title=title),
    "response_maps": lambda title: figures.response_maps(
        {"block1": RNG.random((8, 8, 9)), "block2": RNG.random((2, 2, 3))}, image=PICTURES[0], channels=4, title=title
    ),
    "patch_grid": lambda title: figures.patch_grid(
        PICTURES.reshape(2, 3, 32, 32, 3), ["channel 1", "channel 2"], optimal=PICTURES[:2], title=title
    ),
    "heat_over": lambda title: figures.heat_over(
        {name: (PICTURES[0], RNG.normal(size=(32, 32))) for name in ("cat", "the control")}, title=title
    ),
    "receptive_field_boxes": lambda title: figures.receptive_field_boxes(
        PICTURES[0], {"block1": ReceptiveField(7, 2, -2), "block4": ReceptiveField(59, 16, -14)}, title=title
    ),
    "line_chart": lambda title: figures.line_chart(
        [{"rate": r, "loss": r**2, "run": "a"} for r in (1, 2, 3)],
        x="rate",
        y="loss",
        by="run",
        x_label="rate",
        y_label="loss",
        title=title,
        log_x=True,
    ),
    "label_budget": lambda title: figures.label_budget(BUDGET, guess=0.2, title=title),
    "probe_by_block": lambda title: figures.probe_by_block(PROBES, guess={"digits": 0.1}, title=title),
    "a chart of many names": lambda title: figures.probe_by_block(
        [{"target": "t", "weights": "w", "block": f"block_{i}", "accuracy": 0.5} for i in range(18)], title=title
    ),
    "reliability_diagram": lambda title: figures.reliability_diagram(BINS, title=title),
    "bars": lambda title: figures.bars(BUDGET, x="labels", by="method", title=title, guess=0.2),
    "two_heads": lambda title: figures.two_heads(title=title),
    "rehearsal_batch": lambda title: figures.rehearsal_batch(title=title),
    "lora_beside_a_weight": lambda title: figures.lora_beside_a_weight(title=title),
    "front": lambda title: figures.front(REMEDIES, before=0.96, title=title),
    "fronts": lambda title: figures.fronts(REMEDIES, before=0.96, title=title),
    "accuracy_matrix": lambda title: figures.accuracy_matrix(
        [[0.96, float("nan")], [0.3, 0.8]], ["source", "scans"], title=title
    ),
    "depth_rate_map": lambda title: figures.depth_rate_map(
        [
            {"blocks": k, "learning_rate": rate, "target": 0.7 + k / 10, "source": 0.9}
            for k in (0, 1)
            for rate in (1e-4, 1e-3)
        ],
        title=title,
    ),
    "cka_matrix": lambda title: figures.cka_matrix(np.eye(2), ["block1", "block2"], ["block1", "block2"], title=title),
    "training_curves": lambda title: figures.training_curves({"scratch": HISTORY}, title=title),
    "training_plan": lambda title: figures.training_plan({"head": {"block1": 0, "head": 1e-2}}, title=title),
    "sentence_to_vector": lambda title: figures.sentence_to_vector(
        ["[CLS]", "hi", "[PAD]"], [101, 7632, 0], title=title
    ),
    "waves": lambda title: figures.waves({"ee": np.sin(np.arange(800) / 9)}, title=title),
    "spectrograms": lambda title: figures.spectrograms({"ee": np.arange(1600.0).reshape(20, 80)}, title=title),
    "sound_to_vector": lambda title: figures.sound_to_vector(title=title),
    "retrieve_then_read": lambda title: figures.retrieve_then_read(
        "How much is the Heron tent, please, in crowns?", ["It costs 412.", "It cost 399."], "412.", title=title
    ),
    "rate_curve": lambda title: figures.rate_curve(
        [{"learning_rate": 10.0**power, "loss": 1.0 + power**2} for power in (-3, -2, -1)], suggested=1e-2, title=title
    ),
}
#: Every figure, the diagram without a title among them.
DRAWN = EVERY | {"frozen_and_unfrozen": lambda title: figures.frozen_and_unfrozen()}
#: What figures offer besides pictures: tables, and a function that prepares rows.
NO_PICTURES = {"Picture", "Table", "claims_on_trial", "melt"}


def test_every_public_figure_is_drawn_here() -> None:
    assert set(DRAWN) - {"a chart of many names"} == set(figures.__all__) - NO_PICTURES


@pytest.mark.parametrize("draw", EVERY.values(), ids=EVERY)
def test_a_figure_shows_itself_with_words(draw) -> None:
    picture = draw("What <this> shows?")
    assert isinstance(picture, Picture)
    assert picture.alt.startswith("What <this> shows. ")
    assert picture.alt.endswith(".")
    bundle = picture._repr_mimebundle_()
    assert bundle["text/plain"] == picture.alt
    html = bundle["text/html"]
    assert unescape(re.search(r'alt="([^"]*)"', html)[1]) == picture.alt
    light, dark = picture.image()
    assert 400 < Image.open(io.BytesIO(light)).width <= 1400
    assert len(light) + len(dark) < 200_000
    assert ("<table>" in html) == bool(picture.table)


@pytest.mark.parametrize("draw", DRAWN.values(), ids=DRAWN)
def test_texts_are_large_enough_and_do_not_overlap(draw) -> None:
    figure = draw("A title").figure
    figure.draw_without_rendering()
    renderer = figure._get_renderer()
    texts = [t for t in figure.findobj(mpl.text.Text) if t.get_visible() and t.get_text().strip()]
    texts = [t for t in texts if t.axes is None or t.axes.get_visible()]
    assert min(t.get_fontsize() for t in texts) >= 10
    boxes = [(t.get_text(), t.get_window_extent(renderer)) for t in texts if t.get_window_extent(renderer).width > 0]
    for i, (text, box) in enumerate(boxes):
        for other, its in boxes[:i]:
            if text != other:
                assert not box.padded(-1.5).overlaps(its.padded(-1.5)), f"{text!r} lies over {other!r}"


def in_both_themes(html: str) -> tuple[np.ndarray, np.ndarray]:
    """Return the pixels of an output as a light and as a dark theme show them."""
    (name,) = set(re.findall(r"course-figure-\w+", html))
    pictures = re.findall(r"data:image/webp;base64,([\w+/=]+)", html)
    (over,) = re.findall(
        rf'data-jp-theme-light="false".*\.{name}::after .*url\("data:image/webp;base64,([\w+/=]+)', html
    )
    (light,) = [picture for picture in pictures if picture != over]
    page, laid = (Image.open(io.BytesIO(base64.b64decode(data))).convert("RGBA") for data in (light, over))
    dark = Image.alpha_composite(page, laid)
    return tuple(np.asarray(image.convert("RGB")).astype(int) for image in (page, dark))


@pytest.mark.parametrize("draw", DRAWN.values(), ids=DRAWN)
def test_a_figure_follows_the_theme(draw) -> None:
    picture = draw("A title")
    light, dark = in_both_themes(picture.html())
    assert light[:5].mean() > 245  # the panel's upper edge
    assert dark[:5].mean() < 30
    if not any(axis.images for axis in picture.figure.axes):
        assert np.median(dark) < 30
        assert dark.max() > 220  # ink


def test_pictures_look_the_same_in_both_themes() -> None:
    light, dark = in_both_themes(figures.picture_grid(np.full((1, 32, 32, 3), (250, 40, 90), np.uint8)).html())
    shown = abs(light - (250, 40, 90)).max(axis=2) < 12
    assert shown.mean() > 0.2
    assert (abs(light - dark)[shown] == 0).mean() > 0.99  # all but an edge that lies between two pixels


def test_a_number_that_is_missing_is_as_dark_as_the_panel() -> None:
    _, dark = in_both_themes(EVERY["accuracy_matrix"]("").html())
    assert (dark.min(axis=2) > 240).mean() < 0.05


@pytest.mark.parametrize("colour", [mark.colour for mark in style.marks(list("abcdefg")).values()])
def test_a_series_keeps_its_hue_and_stands_out_in_the_dark(colour: str) -> None:
    light = np.rint(255 * np.array([[mpl.colors.to_rgb(c) for c in (colour, style.PANEL)]])).astype(np.uint8)
    dark = darkened(light, [])[0, :, :3] / 255
    assert contrast(*dark) >= 4.5
    if np.ptp(light[0, 0]):
        before, after = (mpl.colors.rgb_to_hsv(c)[0] for c in (light[0, 0] / 255, dark[0]))
        assert abs(before - after) < 0.04


def contrast(a: np.ndarray, b: np.ndarray) -> float:
    """Return the contrast of two colours, as WCAG defines it."""
    linear = [
        np.where(c <= 0.04045, c / 12.92, ((c + 0.055) / 1.055) ** 2.4) @ (0.2126, 0.7152, 0.0722) for c in (a, b)
    ]
    return (max(linear) + 0.05) / (min(linear) + 0.05)


def test_alternative_texts_tell_the_numbers() -> None:
    alt = figures.label_budget(BUDGET, guess=0.2).alt
    assert "linear probe from 71 % at 1 to 91 % at 100" in alt
    assert "scratch from 21 % at 1 to 41 % at 100" in alt
    assert "guessing 20 %" in alt
    assert "validation 50 %" in figures.training_curves({"scratch": HISTORY}).alt


def test_tables_hold_the_mean_and_the_band() -> None:
    table = figures.label_budget(BUDGET).table
    assert len(table) == 6
    first = table[0]
    assert first["method"] == "linear probe"
    assert first["labels"] == 1
    assert first["runs"] == 3
    assert (first["lowest"], first["accuracy"], first["highest"]) == pytest.approx((0.70, 0.71, 0.72))


def test_lines_differ_by_more_than_colour() -> None:
    known = ["pretrained", "random", "scratch", "a", "b", "c", "d"]
    drawn = style.marks(known)
    assert len({mark.colour for mark in drawn.values()}) == 7
    assert len({mark.marker for mark in drawn.values()}) == 7


@given(st.lists(st.sampled_from(["scratch", "pretrained", "random", "x", "y", "z"]), unique=True))
def test_a_known_series_looks_alike_in_every_figure(names: list[str]) -> None:
    drawn = style.marks(names)
    assert list(drawn) == names
    assert len({mark.marker for mark in drawn.values()}) == len(names)
    if "scratch" in names:
        assert drawn["scratch"] == style.marks(["scratch"])["scratch"]


@given(st.floats(0, 1))
@settings(max_examples=50)
def test_only_all_is_a_hundred_percent(share: float) -> None:
    assert float(words.percent(share).removesuffix(" %")) == pytest.approx(100 * share, abs=0.5)
    assert words.percent(0.9996) == "99.9 %"


def test_percentages_beside_each_other_have_as_many_decimals() -> None:
    assert [words.percent(share) for share in (0.98, 0.99, 1)] == ["98 %", "99 %", "100 %"]


def test_numeric_places_are_sorted_and_names_keep_their_order() -> None:
    rows = [{"x": x, "y": 1.0, "who": "a"} for x in (3, 1, 2)]
    table = figures.line_chart(rows, x="x", y="y", by="who", x_label="x", y_label="y").table
    assert [row["x"] for row in table] == [1, 2, 3]
    rows = [{"x": x, "y": 1.0, "who": "a"} for x in ("stem", "block1", "block10", "block2")]
    table = figures.line_chart(rows, x="x", y="y", by="who", x_label="x", y_label="y").table
    assert [row["x"] for row in table] == ["stem", "block1", "block10", "block2"]


def test_filters_are_grey_where_the_weight_is_zero() -> None:
    kernels = np.zeros((5, 5, 3, 2))
    kernels[2, 2, 0, 0] = 7
    shown = figures.filter_grid(kernels).figure.axes[0].images[0].get_array()
    assert tuple(shown[0, 0]) == (128, 128, 128)
    assert tuple(shown[2, 2]) == (255, 128, 128)


def test_a_filter_without_weights_is_all_grey() -> None:
    kernels = np.stack([np.ones((3, 3, 3)), np.full((3, 3, 3), 1e-7)], axis=-1)
    shown = figures.filter_grid(kernels).figure.axes[0].images[1].get_array()
    assert np.all(shown == 128)


def test_maps_of_evidence_share_one_scale_and_are_placed_in_words() -> None:
    strong, weak = np.zeros((2, 32, 32))
    strong[2, 30], weak[30, 2] = 0.5, 0.1
    picture = figures.heat_over({"cat": (PICTURES[0], strong), "dog": (PICTURES[1], weak)})
    assert "cat, 0.50 at the top right; dog, 0.10 at the bottom left" in picture.alt
    maps = [image for axis in picture.figure.axes[2:4] for image in axis.images if image.get_cmap().name == "PuOr"]
    assert [image.get_clim() for image in maps] == [(-0.5, 0.5)] * 2


def test_receptive_fields_wider_than_the_picture_still_differ() -> None:
    fields = {"block3": ReceptiveField(43, 8, -14), "block4": ReceptiveField(59, 16, -14)}
    squares = figures.receptive_field_boxes(PICTURES[0], fields).figure.axes[0].patches
    widths = [square.get_width() for square in squares]
    assert widths[2] / widths[0] == pytest.approx(59 / 43)


def test_shares_other_than_accuracies_have_their_own_word() -> None:
    picture = figures.bars([{"block": "block1", "purity": 0.25}], x="block", y="purity", y_label="of one class")
    assert picture.alt == "Of one class: block1 25 %."
    picture = figures.bars([{"block": "block1", "CKA": 0.25}], x="block", y="CKA", y_label="linear CKA")
    assert picture.alt == "Linear CKA: block1 0.25."


@pytest.mark.parametrize(
    ("points", "told"),
    [
        ([4.4, 4.16, -0.062, 0], "4.4, b 4.2, c −0.1, d 0.0"),  # noqa: RUF001
        ([123.4, 7], "123, b 7"),
        ([0.031, 0.2], "0.03, b 0.20"),
        ([-0.001, 3], "0.0, b 3.0"),
        ([0, 0], "0, b 0"),
    ],
)
def test_numbers_beside_each_other_have_as_many_decimals(points: list[float], told: str) -> None:
    rows = [{"block": name, "gain": value} for name, value in zip("abcd", points, strict=False)]
    assert figures.bars(rows, x="block", y="gain", y_label="points").alt == f"Points: a {told}."


@pytest.mark.parametrize("name", ["chart.png", "chart.svg", "naïve chart.pdf"])
def test_a_figure_is_saved_whole(tmp_path, name: str) -> None:
    path = EVERY["bars"]("Bars").save(tmp_path / name)
    assert [entry.name for entry in tmp_path.iterdir()] == [name]
    assert path.stat().st_size > 1000


def test_a_figure_that_cannot_be_saved_leaves_nothing(tmp_path) -> None:
    with pytest.raises(ValueError, match="xyz"):
        EVERY["bars"]("Bars").save(tmp_path / "chart.xyz")
    assert not list(tmp_path.iterdir())


def test_a_table_reads_well_with_and_without_a_notebook() -> None:
    table = figures.Table([{"method": "a < b", "score": 0.5}, {"method": "c", "score": 10}])
    assert repr(table).splitlines() == ["method  score", "a < b   0.5", "c       10"]
    assert "a &lt; b" in table._repr_html_()
    assert figures.Table([])._repr_html_() == "(no rows)"


def test_words_from_data_cannot_become_markup() -> None:
    html = figures.bars([{"who": "<b>x</b>", "accuracy": 0.5}], x="who").html()
    assert "<b>" not in html


def many_classes(classes: int) -> Dataset:
    labels = np.repeat(np.arange(classes), 2)
    split = Split(np.zeros((len(labels), 8, 8, 3), np.uint8), labels)
    return Dataset("many", tuple(f"class {i}" for i in range(classes)), lambda part: split, "A card.")


@pytest.mark.parametrize(("classes", "shown"), [(12, 12), (13, 7), (300, 12)])
def test_a_gallery_of_many_classes_shows_a_dozen_at_most_and_says_so(classes: int, shown: int) -> None:
    gallery = figures.class_gallery(many_classes(classes), 2)
    assert len(gallery.table) == shown
    assert (f"({shown} of {classes} classes)" in gallery.alt) is (shown < classes)


def test_a_gallery_shows_fewer_pictures_if_the_smallest_class_has_fewer() -> None:
    assert "2 pictures of each class" in figures.class_gallery(many_classes(2), 8).alt


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: figures.label_budget([]), "no rows"),
        (lambda: figures.label_budget([{"method": "a", "labels": 1}]), "'accuracy'"),
        (lambda: figures.picture_grid([]), "empty"),
        (lambda: figures.heat_over({}), "panels is empty"),
        (lambda: figures.picture_grid(PICTURES, ["one"]), "1 titles for 6"),
        (lambda: figures.patch_grid(PICTURES[None], ["a", "b"]), "1 row"),
        (lambda: figures.cka_matrix(np.eye(2), ["a"], ["b"]), r"\(2, 2\)"),
        (lambda: figures.training_curves({"a": {}}), "finished an epoch"),
    ],
)
def test_bad_input_is_one_sentence(call, message: str) -> None:
    with pytest.raises(CourseError, match=message):
        call()


def test_drawing_leaves_the_learners_matplotlib_settings_alone() -> None:
    before = dict(mpl.rcParams)
    EVERY["label_budget"]("Labels").html()
    assert dict(mpl.rcParams) == before


def test_drawing_needs_no_keras() -> None:
    program = "import sys, course_utils.figures; sys.exit(bool({'keras', 'matplotlib.pyplot'} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


def test_a_series_that_the_first_group_of_bars_lacks_is_in_the_legend() -> None:
    rows = [
        {"task": "near", "by": "scratch", "accuracy": 0.2},
        {"task": "far", "by": "scratch", "accuracy": 0.6},
        {"task": "far", "by": "another block", "accuracy": 0.8},
    ]
    (legend,) = figures.bars(rows, x="task", by="by").figure.legends
    assert [text.get_text() for text in legend.get_texts()] == ["scratch", "another block"]


def test_a_reliability_diagram_says_every_bin_and_draws_its_points_and_the_diagonal() -> None:
    picture = figures.reliability_diagram(BINS)
    assert "4 answers with a confidence of 62 %, 25 % right; 21 answers with a confidence of 93 %, 100 %" in picture.alt
    diagonal, points = picture.figure.axes[0].lines
    assert list(diagonal.get_xdata()) == list(diagonal.get_ydata())
    assert points.get_xydata().tolist() == [[0.62, 0.25], [0.93, 1.0]]
    limits = [segment[:, 1].tolist() for segment in picture.figure.axes[0].collections[0].get_segments()]
    assert limits == [[0.03, 0.72], [0.89, 1.0]]
    assert [text.get_text() for text in picture.figure.axes[0].texts] == ["4", "21"]
    with pytest.raises(CourseError, match="rows is empty"):
        figures.reliability_diagram([])
