"""Sounds as pictures: waves and log-mels with their units, and a wave's way to one vector."""

from collections.abc import Mapping

import numpy as np
from matplotlib.patches import Rectangle
from numpy.typing import NDArray

from course_utils.data import SAMPLE_RATE
from course_utils.errors import CourseError
from course_utils.figures.picture import Picture
from course_utils.figures.style import INK, PANEL, bare, headline, marks, new_figure, styled
from course_utils.figures.words import lead

_SECONDS = 0.01  # of a frame
_HERTZ = (200, 500, 1000, 2000, 4000)  # on the axis of pitch
_COLUMNS = 3
_OURS = marks(["target"])["target"].colour


@styled
def waves(sounds: Mapping[str, NDArray[np.floating]], *, title: str = "") -> Picture:
    """Draw waves above each other, seconds to the right, on one scale.

    Args:
        sounds: by name, ``(samples,)`` at 16 kHz, about -1 to 1.
        title: a line above the figure.

    Raises:
        CourseError: there is no sound.
    """
    _require(sounds)
    figure, axes = new_figure(0.7 + 1.1 * len(sounds), len(sounds))
    loudest = max(float(np.abs(wave).max()) for wave in sounds.values()) or 1.0
    table = []
    for axis, (name, wave) in zip(axes, sounds.items(), strict=True):
        axis.plot(np.arange(len(wave)) / SAMPLE_RATE, wave, linewidth=0.6, color=_OURS)
        axis.set(ylim=(-1.1 * loudest, 1.1 * loudest), xlim=(0, len(wave) / SAMPLE_RATE))
        axis.set_title(name, fontsize=10.5, fontweight="normal", pad=3)
        axis.set_yticks([-loudest, 0, loudest], [f"{-loudest:.1f}", "0", f"{loudest:.1f}"])
        axis.tick_params(labelbottom=axis is axes[-1])
        table.append({"sound": name, "seconds": len(wave) / SAMPLE_RATE, "peak": float(np.abs(wave).max())})
    axes[-1].set_xlabel("seconds")
    headline(figure, title)
    told = "; ".join(f"{row['sound']}, {row['seconds']:.1f} s, peak {row['peak']:.2f}" for row in table)
    return Picture(figure, f"{lead(title)}Pressure over time: {told}.", table)


@styled
def spectrograms(mels: Mapping[str, NDArray[np.floating]], *, title: str = "") -> Picture:
    """Draw log-mels side by side on one scale: seconds to the right, pitch upwards, darker where louder.

    Args:
        mels: by name, ``(frames, 80)``, a frame every 10 ms, as ``LogMel`` returns them.
        title: a line above the figure.

    Raises:
        CourseError: there is no log-mel, or one has another number of bands.
    """
    from course_utils.backbones.log_mel import band_centres  # here, since it loads Keras

    _require(mels)
    centres = band_centres()
    for name, mel in mels.items():
        if mel.ndim != 2 or mel.shape[1] != len(centres):
            raise CourseError(f"{name} has the shape {mel.shape}; a log-mel is (frames, {len(centres)}).")
    columns = min(_COLUMNS, len(mels))
    lines = -(-len(mels) // columns)
    figure, axes = new_figure(0.7 + 2.3 * lines, lines, columns, sharey=True)
    low, high = (edge([edge(mel) for mel in mels.values()]) for edge in (np.min, np.max))
    ticks = np.interp(_HERTZ, centres, np.arange(len(centres)))
    table = []
    for axis in axes[len(mels) :]:
        axis.set_visible(False)
    for axis, (name, mel) in zip(axes, mels.items(), strict=False):
        place = (0, len(mel) * _SECONDS, -0.5, len(centres) - 0.5)
        shown = axis.imshow(mel.T, origin="lower", aspect="auto", cmap="magma_r", vmin=low, vmax=high, extent=place)
        axis.set_title(name, fontsize=10.5, fontweight="normal", pad=4)
        axis.set_yticks(ticks, [f"{hertz:,}" for hertz in _HERTZ])
        axis.set_xlabel("seconds")
        axis.grid(False)
        frame, band = np.unravel_index(int(np.argmax(mel)), mel.shape)
        table.append({"sound": name, "loudest at, s": frame * _SECONDS, "loudest at, Hz": round(centres[band])})
    for axis in axes[::columns]:
        axis.set_ylabel("pitch, hertz")
    figure.colorbar(shown, ax=axes, label="loudness, logarithm", shrink=0.85)
    headline(figure, title)
    told = "; ".join(f"{row['sound']} at {row['loudest at, s']:.2f} s, {row['loudest at, Hz']:,} Hz" for row in table)
    return Picture(figure, f"{lead(title)}Loudness by time and pitch. Loudest: {told}.", table)


@styled
def sound_to_vector(samples: int = SAMPLE_RATE, *, title: str = "") -> Picture:
    """Draw a wave's way through Whisper's encoder, with the size of each step, to one vector.

    Args:
        samples: of the wave, at 16 kHz.
        title: a line above the drawing.
    """
    frames = samples // 160
    steps = [
        ("wave", f"{samples:,}", "16,000 a second"),
        ("log-mel", f"{frames} x 80", "each 10 ms"),
        ("conv", f"{frames // 2} x 384", "each 20 ms"),
        ("block1-4", f"{frames // 2} x 384", "each looks at all"),
        ("mean", "384", "one vector"),
    ]
    figure, (axis,) = new_figure(1.9)
    bare(axis)
    axis.set(xlim=(-0.6, len(steps) - 0.4), ylim=(-1.1, 1.0), facecolor=PANEL)
    headline(figure, title)
    for place, (name, size, what) in enumerate(steps):
        box = Rectangle((place - 0.4, -0.3), 0.8, 0.75, edgecolor=INK, linewidth=1.1, facecolor=_OURS)
        box.set_alpha(0.15 + 0.15 * place)
        axis.add_patch(box)
        axis.text(place, 0.7, name, ha="center", va="center", fontsize=11, fontweight="bold")
        axis.text(place, 0.07, size, ha="center", va="center", fontsize=10)
        axis.text(place, -0.6, what, ha="center", va="center", fontsize=10)
        if place:
            arrow = {"arrowstyle": "->", "color": INK, "lw": 1.2}
            axis.annotate("", (place - 0.4, 0.07), (place - 0.6, 0.07), arrowprops=arrow)
    told = ", then ".join(f"{name}, {size} ({what})" for name, size, what in steps)
    table = [{"step": name, "size": size, "what": what} for name, size, what in steps]
    return Picture(figure, f"{lead(title)}From a wave to one vector: {told}.", table)


def _require(sounds: Mapping[str, NDArray[np.floating]]) -> None:
    if not sounds:
        raise CourseError("There is no sound to draw; give one or more by name.")
