"""The forgetting thermometer: what it reads, how it reacts, and what it shows where nobody can move a slider."""

from importlib import import_module

import pytest

from course_utils.errors import CourseError

lab = import_module("course_utils.labs.thermometer")


def row(method, setting, seed, sources, target=0.8):
    curve = [{"step": 10 * i, "source": s, "target": target + 0.01 * i} for i, s in enumerate(sources, 1)]
    return {"method": method, "setting": setting, "seed": seed, "curve": curve}


ROWS = [
    row("plain", 1e-4, 0, (0.96, 0.95, 0.94)),
    row("plain", 1e-3, 0, (0.90, 0.50, 0.30)),
    row("plain", 1e-3, 1, (0.92, 0.60, 0.20)),
    row("ewc", 100, 0, (0.95, 0.93, 0.90)),
    {"method": "wise-ft", "setting": 0.5, "seed": 0, "curve": []},
]


@pytest.fixture
def thermometer():
    return lab.Thermometer(ROWS)


@pytest.fixture
def view(monkeypatch):
    monkeypatch.setattr(lab, "recorded", lambda name: ROWS)
    return lab.forgetting_thermometer()


def test_it_offers_every_method_that_has_a_curve(thermometer):
    assert thermometer.dials == {"plain": [1e-4, 1e-3], "ewc": [100]}
    assert thermometer.start() == lab.Setting("plain", 1e-3, 30)
    assert thermometer.steps("plain", 1e-3) == [10, 20, 30]


def test_a_reading_is_the_mean_over_the_seeds_at_one_step(thermometer):
    assert thermometer.reading(lab.Setting("plain", 1e-3, 20)) == pytest.approx({"source": 0.55, "target": 0.82})
    assert thermometer.intact() == pytest.approx(0.96)
    with pytest.raises(CourseError, match=r"step=25 was not measured for plain at 0\.001"):
        thermometer.reading(lab.Setting("plain", 1e-3, 25))


def test_the_sentence_says_the_alarm_in_words(thermometer):
    assert "target 81%, source 91%, 95% of what it was. Still in the green." in thermometer.sentence(
        lab.Setting("plain", 1e-3, 10)
    )
    assert "In the red, after step 10." in thermometer.sentence(lab.Setting("plain", 1e-3, 20))
    early = lab.Thermometer([*ROWS, row("lora", 1, 0, (0.1, 0.2))])
    assert "In the red, at the first measurement already: turn the dial." in early.sentence(lab.Setting("lora", 1, 20))


def test_the_last_good_step_comes_before_the_alarm(thermometer):
    assert thermometer.last_good_step("plain", 1e-3) == 10
    assert thermometer.last_good_step("plain", 1e-4) == 30
    assert lab.Thermometer([*ROWS, row("lora", 1, 0, (0.1, 0.96))]).last_good_step("lora", 1) is None


def test_the_picture_ends_at_the_step_of_the_replay(thermometer):
    picture = thermometer.picture(lab.Setting("plain", 1e-3, 20))
    assert "source from 91 % at 10 to 55 % at 20" in picture.alt
    assert "plain, learning rate 0.001" in picture.alt


def test_without_a_curve_there_is_nothing_to_replay():
    with pytest.raises(CourseError, match="curve to replay"):
        lab.Thermometer(ROWS[-1:])


def test_the_controls_change_the_words_and_the_picture(view):
    (method, dial, step, play), words, picture = view.widget.children[0].children, *view.widget.children[1:]
    assert words.value.startswith("Step 30: target 83%, source 25%")
    step.value = 10
    assert words.value.startswith("Step 10")
    play.value = 1
    assert step.value == 20
    before = picture.value
    dial.value = 1e-4
    assert words.value.startswith("Step 30: target 83%, source 94%")
    assert picture.value != before
    method.value = "ewc"
    assert [value for _, value in dial.options] == [100]
    assert words.value.startswith("Step 30: target 83%, source 90%")
    assert "ewc, strength 100" in picture.value


def test_without_a_front_end_there_is_a_picture_with_words(view, monkeypatch):
    for name in ("JPY_SESSION_NAME", "VSCODE_PID", "VSCODE_CWD", "COLAB_RELEASE_TAG"):
        monkeypatch.delenv(name, raising=False)
    bundle = view._repr_mimebundle_()
    assert "<img" in bundle["text/html"]
    assert "Forgetting thermometer: plain" in bundle["text/plain"]
