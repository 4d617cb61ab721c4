"""The layer microscope of lesson 01: choose a picture, a block and a channel; see the whole, then the detail."""

import ipywidgets
import keras
import numpy as np
from numpy.typing import NDArray

from course_utils import figures
from course_utils.errors import CourseError
from course_utils.figures import Picture
from course_utils.inspection import activations, favourite_patches, strongest_channels
from course_utils.labs.lab import Lab, shown
from course_utils.worlds import blocks

_FAVOURITES = 8


class Microscope:
    """A network and pictures under the microscope; what it shows is decided by picture, block and channel alone."""

    def __init__(self, backbone: keras.Model, images: NDArray[np.uint8]) -> None:
        if len(images) < _FAVOURITES:
            raise CourseError(f"images holds {len(images)} pictures; the microscope needs {_FAVOURITES} or more.")
        self.backbone, self.images = backbone, images
        self.blocks = {name: int(members[-1].output.shape[-1]) for name, members in blocks(backbone).items()}

    def overview(self, picture: int) -> Picture:
        """What every block answers to one picture, in its strongest channels."""
        image = self.images[picture]
        maps = {name: activations(self.backbone, image[None], name)[0] for name in self.blocks}
        return figures.response_maps(maps, image=image, title=f"Overview: picture {picture}, every block")

    def detail(self, picture: int, block: str, channel: int) -> Picture:
        """One channel's answer to the picture, laid over it."""
        image = self.images[picture]
        answer = activations(self.backbone, image[None], block)[0, ..., channel]
        rows = np.arange(image.shape[0]) * answer.shape[0] // image.shape[0]
        columns = np.arange(image.shape[1]) * answer.shape[1] // image.shape[1]
        title = f"Detail: {block}, channel {channel}, picture {picture}"
        return figures.heat_over(image, answer[rows][:, columns], title=title, label="response")

    def favourites(self, block: str, channel: int) -> Picture:
        """The patches of all pictures that excite the channel most."""
        patches = favourite_patches(self.backbone, self.images, block, [channel], k=_FAVOURITES)
        return figures.patch_grid(patches, [f"channel {channel}"], title=f"Favourites: {block}, channel {channel}")


def microscope(backbone: keras.Model, images: NDArray[np.uint8]) -> Lab:
    """Look through a network, block by block and channel by channel; every control works from the keyboard.

    Args:
        backbone: any functional Keras backbone with named blocks.
        images: uint8 ``(n, side, side, 3)`` in the backbone's size, 8 or more.
    """
    scope = Microscope(backbone, images)
    first = next(iter(scope.blocks))
    picture = ipywidgets.IntSlider(0, 0, len(images) - 1, description="Picture", continuous_update=False)
    block = ipywidgets.ToggleButtons(options=list(scope.blocks), value=first, description="Block")
    best = strongest_channels(backbone, images, first, k=1)[0]
    channel = ipywidgets.BoundedIntText(best, 0, scope.blocks[first] - 1, description="Channel")
    default = scope.overview(0)
    overview, detail, favourites = ipywidgets.HTML(shown(default)), ipywidgets.HTML(), ipywidgets.HTML()

    def show_detail(_: object = None) -> None:
        detail.value = shown(scope.detail(picture.value, block.value, channel.value))

    def show_channel(_: object = None) -> None:
        show_detail()
        favourites.value = shown(scope.favourites(block.value, channel.value))

    def show_picture(_: object) -> None:
        overview.value = shown(scope.overview(picture.value))
        show_detail()

    def change_block(_: object) -> None:
        channel.unobserve(show_channel, "value")  # the limit may move the value: draw once, not twice
        channel.max = scope.blocks[block.value] - 1
        channel.value = strongest_channels(backbone, images, block.value, k=1)[0]
        channel.observe(show_channel, "value")
        show_channel()

    picture.observe(show_picture, "value")
    block.observe(change_block, "value")
    channel.observe(show_channel, "value")
    show_channel()
    controls = ipywidgets.VBox([picture, block, channel])
    return Lab(ipywidgets.VBox([controls, overview, detail, favourites]), default)
