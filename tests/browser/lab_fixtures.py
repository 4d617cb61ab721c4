"""The fixtures of a lab's tests: on its exported page, and in JupyterLab."""

import functools
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager

import pytest
from lab_page import LabInNotebook, LabOnPage
from lab_server import Server
from playwright.sync_api import Page


def on_page(kind: type[LabOnPage]) -> tuple[object, object]:
    """Return the fixtures ``open_lab``, which opens the lab's exported page as asked, and ``lab``, such a page."""

    @pytest.fixture
    def open_lab(open_exported: Callable[..., LabOnPage]) -> Callable[..., LabOnPage]:
        return functools.partial(open_exported, kind)

    @pytest.fixture
    def lab(open_lab: Callable[..., LabOnPage]) -> LabOnPage:
        return open_lab()

    return open_lab, lab


def in_jupyterlab(kind: type[LabInNotebook]) -> tuple[object, object]:
    """Return the fixtures ``opened``, one lab for the whole module, and ``lab``, which minds the console."""

    @pytest.fixture(scope="module")
    def opened(
        new_page: Callable[[], AbstractContextManager[tuple[Page, list[str]]]], server: Server
    ) -> Iterator[tuple[LabInNotebook, list[str]]]:
        with new_page() as (page, complaints):
            page.set_viewport_size({"width": 1400, "height": 1000})
            yield kind(page, server), complaints
        server.shut_kernels_down()

    @pytest.fixture
    def lab(opened: tuple[LabInNotebook, list[str]]) -> Iterator[LabInNotebook]:
        lab, complaints = opened
        yield lab
        assert complaints == []

    return opened, lab
