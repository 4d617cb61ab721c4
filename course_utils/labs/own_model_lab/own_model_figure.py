"""The strip of a model's blocks as a figure: the lab's picture where nothing can be operated."""

from collections.abc import Sequence

from matplotlib.patches import Rectangle

from course_utils.figures import Picture
from course_utils.figures.style import FAINT, INK, bare, marks, new_figure, styled
from course_utils.labs.own_model_lab.own_blocks import BlockWeights

_LEAST = 0.55  # of an equal share: the width of a block with few weights


@styled
def strip_figure(name: str, blocks: Sequence[BlockWeights], locked: Sequence[bool], head: int) -> Picture:
    """Draw a model's blocks from input to output, wide by their weights; those that are frozen are hatched.

    Args:
        name: of the model.
        blocks: from input to output.
        locked: by block, whether it is frozen.
        head: how many weights of the head learn.
    """
    figure, (axis,) = new_figure(1.7)
    bare(axis)
    total = sum(block.total for block in blocks) or 1
    equal, left = 1 / len(blocks), 0.0
    tone = marks(["pretrained"])["pretrained"].colour
    for block, is_locked in zip(blocks, locked, strict=True):
        width = _LEAST * equal + (1 - _LEAST) * block.total / total
        box = Rectangle((left, 0), width * 0.97, 1, linewidth=0.6, facecolor=FAINT if is_locked else tone)
        if is_locked:
            box.set(hatch="//", edgecolor=INK)
        axis.add_patch(box)
        axis.text(
            left + width * 0.485,
            0.5,
            block.name,
            rotation=90 if len(blocks) > 6 else 0,
            ha="center",
            va="center",
            fontsize=9.5,
            color=INK if is_locked else "white",
            bbox={"facecolor": FAINT, "edgecolor": "none", "pad": 1} if is_locked else None,
        )
        left += width
    axis.set(xlim=(0, 1), ylim=(0, 1))
    learning = [block.name for block, is_locked in zip(blocks, locked, strict=True) if not is_locked]
    trainable = head + sum(block.weights for block, lock in zip(blocks, locked, strict=True) if not lock)
    figure.suptitle(f"{name}: {trainable:,} weights learn; hatched blocks are frozen", x=0.01, ha="left")
    alt = (
        f"The blocks of {name}, from input to output: {', '.join(block.name for block in blocks)}. "
        f"{'These learn: ' + ', '.join(learning) if learning else 'All are frozen'}; "
        f"with the head, {trainable:,} weights can learn."
    )
    table = [
        {"block": block.name, "weights": block.total, "trainable": 0 if is_locked else block.weights}
        for block, is_locked in zip(blocks, locked, strict=True)
    ]
    return Picture(figure, alt, table)
