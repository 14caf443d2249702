"""How the studio feels: a roll of years scrolls smoothly, and the first paint is quick on a slow line."""

import math
import statistics
from dataclasses import dataclass
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, StorageState, expect

from tests.e2e.old_roll import OldRoll, write_old_roll
from tests.e2e.studio import Tab, Visit, open_context
from tests.processes import Running, until

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

STRIPS = 5_000
WHEELS, WHEEL_PX = 150, 240
FRAME_P95_MS = 40
LONG_TASK_MS = 200
NODES_BEYOND_SHELL = 400
TRIES = 2  # two shared cores: one disturbance is forgiven
# 10 Mbit/s with 40 ms, and a processor four times as slow.
LINE: dict[str, Any] = {"offline": False, "latency": 40, "downloadThroughput": 1_250_000, "uploadThroughput": 1_250_000}
SLOWER = 4
FIRST_PAINT_MS = 1_000

_LISTEN = """() => {
  window.frames_ms = []; window.long_ms = [];
  new PerformanceObserver((list) => list.getEntries().forEach(({ duration }) => window.long_ms.push(duration)))
    .observe({ type: "longtask" });
  let last = performance.now();
  const beat = (now) => { window.frames_ms.push(now - last); last = now; requestAnimationFrame(beat); };
  requestAnimationFrame(beat);
}"""
_FIRST_PAINT = """() => new Promise((found) => new PerformanceObserver((list) => {
  for (const { name, startTime } of list.getEntries()) if (name === "first-contentful-paint") found(startTime);
}).observe({ type: "paint", buffered: true }))"""
_NODES = """() => document.querySelectorAll("main article, main article *").length"""


@dataclass(frozen=True, slots=True)
class Felt:
    """What a scroll was like."""

    frame_p95_ms: float
    longest_task_ms: float
    most_nodes: int

    @property
    def smooth(self) -> bool:
        return self.frame_p95_ms <= FRAME_P95_MS and self.longest_task_ms <= LONG_TASK_MS


@pytest.fixture(scope="module")
def old_roll(up: Running) -> OldRoll:
    return write_old_roll(up.data_dir, STRIPS)


def scroll(page: Page) -> Felt:
    """Turn the wheel far down the roll, and feel each frame."""
    page.mouse.move(600, 400)
    page.evaluate(_LISTEN)
    most = 0
    for at in range(WHEELS):
        page.mouse.wheel(0, WHEEL_PX)
        page.wait_for_timeout(16)
        if at % 10 == 0:
            most = max(most, page.evaluate(_NODES))
    frames: list[float] = sorted(page.evaluate("window.frames_ms.slice(2)"))
    longest: float = page.evaluate("Math.max(0, ...window.long_ms)")
    return Felt(frames[math.ceil(len(frames) * 0.95) - 1], longest, most)


@pytest.mark.usefixtures("old_roll")
def test_a_roll_of_five_thousand_strips_scrolls_smoothly(visit: Visit) -> None:
    tab = visit(viewport={"width": 1440, "height": 900})
    expect(tab.page.get_by_role("article").first).to_be_visible()

    felt: list[Felt] = []
    while len(felt) < TRIES and not any(one.smooth for one in felt):
        felt.append(scroll(tab.page))

    print(felt)  # noqa: T201 - the numbers are the finding
    assert any(one.smooth for one in felt), felt
    assert max(one.most_nodes for one in felt) <= NODES_BEYOND_SHELL
    assert tab.page.evaluate("scrollY") > WHEELS * WHEEL_PX * 0.9


def test_the_roll_goes_back_to_its_very_first_strip(visit: Visit, old_roll: OldRoll) -> None:
    tab = visit(viewport={"width": 1440, "height": 900})
    oldest = tab.page.get_by_role("article", name=old_roll.oldest, exact=True)

    left = tab.credits()

    def further() -> bool:
        tab.page.evaluate("scrollTo(0, document.documentElement.scrollHeight)")
        tab.page.wait_for_timeout(40)
        return oldest.count() > 0

    until(further, within_s=150, what="the oldest strip")

    expect(oldest).to_be_visible()
    assert tab.credits() == left
    pages = [asked for asked in tab.asked if asked == "GET /v1/jobs"]
    assert len(pages) == 1 + math.ceil((STRIPS - 50) / 200)
    felt = scroll_up(tab.page)
    assert felt.most_nodes <= NODES_BEYOND_SHELL
    assert felt.frame_p95_ms <= FRAME_P95_MS * TRIES, felt


def scroll_up(page: Page) -> Felt:
    """From the oldest strip back, with all five thousand known."""
    page.mouse.move(600, 400)
    page.evaluate(_LISTEN)
    for _ in range(40):
        page.mouse.wheel(0, -WHEEL_PX)
        page.wait_for_timeout(16)
    frames: list[float] = sorted(page.evaluate("window.frames_ms.slice(2)"))
    return Felt(frames[math.ceil(len(frames) * 0.95) - 1], 0, page.evaluate(_NODES))


@pytest.mark.usefixtures("old_roll")
def test_the_first_paint_is_there_in_a_second_on_a_slow_line(
    up: Running, browser: Browser, session: StorageState
) -> None:
    paints = [first_paint_ms(up, browser, session) for _ in range(3)]

    print(paints)  # noqa: T201 - the numbers are the finding
    assert statistics.median(paints) <= FIRST_PAINT_MS, paints


def first_paint_ms(up: Running, browser: Browser, session: StorageState) -> float:
    """Milliseconds from asking for the page to the first thing that can be seen, with an empty cache."""
    context = open_context(browser, session)
    page = context.new_page()
    line: Any = context.new_cdp_session(page)
    line.send("Network.enable")
    line.send("Network.emulateNetworkConditions", LINE)
    line.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    Tab(page, up.url).open("/")
    paint: float = page.evaluate(_FIRST_PAINT)
    context.close()
    return paint
