"""What can be done with a picture, in the browser: each act ends on the roll as a strip of its own."""

import re
from typing import Any

import pytest
from playwright.sync_api import Locator, expect

from tests.e2e.studio import DESK, PRINT_PX, Tab, Visit, expect_pictures

pytestmark = pytest.mark.browser


@pytest.fixture
def printed(visit: Visit) -> tuple[Tab, Locator]:
    """A print of one's own, marked, in a tab on a desk."""
    tab = visit(**DESK)
    tab.choose("local/print", 1)
    tab.prompt.fill("a lighthouse at dusk")
    tab.prompt.press("Enter")
    strip = tab.strip_of("a lighthouse at dusk")
    expect_pictures(strip, 1, PRINT_PX)
    frame = tab.frame_of(strip, 1)
    frame.click()
    expect(frame).to_have_attribute("aria-pressed", "true")
    return tab, strip


def test_upscale_makes_the_same_picture_larger(printed: tuple[Tab, Locator]) -> None:
    tab, _ = printed
    before = tab.credits()

    inspector(tab).get_by_role("button", name=re.compile("^Upscale 2")).click()

    expect_pictures(made(tab, "Upscaled"), 1, 2 * PRINT_PX)
    assert tab.credits() < before


def test_reframe_asks_for_the_new_shape_and_draws_it(printed: tuple[Tab, Locator]) -> None:
    tab, _ = printed

    tab.page.keyboard.press("r")
    panel = tab.page.get_by_role("dialog", name="Reframe")
    panel.get_by_role("radio", name="16 by 9").check()
    panel.get_by_role("button", name="Reframe").click()

    picture = made(tab, "Reframed").get_by_role("img")
    expect(picture).to_have_js_property("complete", value=True)
    width, height = size(picture)
    assert width / height == pytest.approx(16 / 9, rel=0.02)


def test_describe_gives_words_to_draw_from_again(printed: tuple[Tab, Locator]) -> None:
    tab, _ = printed

    tab.page.keyboard.press("d")

    described = made(tab, "Described")
    expect(described).to_have_attribute("data-status", "succeeded")
    expect(described).to_contain_text("lighthouse")
    described.get_by_role("button", name="Use as prompt").click()
    expect(tab.prompt).to_have_value(re.compile("lighthouse"))
    expect(tab.prompt).to_be_focused()


def test_animate_says_its_price_by_the_second_and_the_film_runs(printed: tuple[Tab, Locator]) -> None:
    tab, _ = printed
    before = tab.credits()

    tab.page.keyboard.press("a")
    panel = tab.page.get_by_role("dialog", name="Animate")
    send = panel.get_by_role("button", name=re.compile("^Animate"))
    price = float((send.inner_text().split() or ["0"])[-2])
    send.click()

    expect_film(made(tab, "Animated"))
    assert tab.credits() == before - price


def test_a_film_is_made_from_words_alone(visit: Visit) -> None:
    tab = visit(**DESK)
    tab.choose("local/print", 1)
    tab.page.get_by_role("radio", name="Video").check()
    tab.prompt.fill("waves under the moon")
    tab.generate.click()

    strip = tab.strip_of("waves under the moon")
    expect_film(strip)
    strip.get_by_role("button", name="Clip 1 of 1").press("Enter")
    expect(tab.page.get_by_role("dialog", name="Clip 1 of 1").locator("video")).to_be_visible()


def inspector(tab: Tab) -> Locator:
    """Where a marked picture's acts stand."""
    return tab.page.get_by_role("complementary", name="Inspector")


def made(tab: Tab, done: str) -> Locator:
    """The strip of what an act came to."""
    return tab.page.get_by_role("article", name=re.compile(f"^{done}")).first


def size(picture: Locator) -> tuple[int, int]:
    """Width and height of a decoded picture in px."""
    found: list[Any] = picture.evaluate("(picture) => [picture.naturalWidth, picture.naturalHeight]")
    return found[0], found[1]


def expect_film(strip: Locator) -> None:
    """Wait until the strip has a film and the browser can play it."""
    film = strip.locator("video")
    expect(film).to_have_count(1)
    film.scroll_into_view_if_needed()
    expect(film).to_have_js_property("error", value=None)
    expect(film).to_have_js_property("readyState", value=4)
    assert film.evaluate("(film) => film.duration") > 1
