"""The studio in Chromium as a person uses it, with an ear for what the page asks for and complains about."""

import json
import os
import re
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, Protocol, Self
from urllib.parse import urlsplit

import httpx
from playwright.sync_api import Browser, BrowserContext, Locator, Page, Route, StorageState, expect, sync_playwright

from tests.processes import until

CHROMIUM = Path(os.environ.get("CHROMIUM") or "/usr/bin/chromium")
AXE = Path(__file__).parents[2] / "web" / "node_modules" / "axe-core" / "axe.min.js"
PATIENCE_MS = 20_000
TITLES = {"local/print": "Print 1 cr", "fake/image": "Fake 1 cr"}
FILES = ("/assets/", "/files/")

Theme = Literal["light", "dark"]

FAKE_PX = 32
PRINT_PX = 1024
WIDE_PRINT_PX = 1248
SIZES = {360: 780, 412: 915, 1280: 800, 2560: 1440}
WIDEST_HAND = 640  # what is narrower is a phone
DESK: dict[str, Any] = {"viewport": {"width": 1440, "height": 900}}
THEMES: tuple[Theme, ...] = ("light", "dark")
ARTIFACTS = os.environ.get("DAYGEN_ARTIFACTS")
# What Chromium itself says on the console.
NOT_SIGNED_IN = "status of 401"
NOT_FOUND = "status of 404"
NO_LINE = "WebSocket connection"

# What is said and can be touched must lie between the edges; decoration (aria-hidden) may run over.
_OVERHANGING = """() => {
  const wide = document.documentElement.clientWidth;
  const out = [...document.querySelectorAll("body *")].filter((element) => {
    const { left, right, width } = element.getBoundingClientRect();
    return width > 1 && (left < -1 || right > wide + 1) && !element.closest("[aria-hidden=true]");
  });
  if (document.scrollingElement.scrollWidth > wide) out.push(document.documentElement);
  return out.map(({ outerHTML }) => outerHTML.slice(0, 120));
}"""
_BARRIERS = """async () => (await axe.run()).violations
  .filter(({ impact }) => impact === "serious" || impact === "critical")
  .map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 120)).join(" and ")}`)"""
# A finger needs 44 px; what lies within a larger target, or is only there for screen readers, does not count.
_SMALL = """() => [...document.querySelectorAll("button, select, textarea, summary, label:has(input), a[href]")]
  .filter((one) => one.checkVisibility({ visibilityProperty: true }) && !one.matches(".sr-only"))
  .filter((one) => one.getBoundingClientRect().height < 44)
  .map(({ outerHTML }) => outerHTML.slice(0, 160))"""
_FOCUSED = """() => {
  const { id, ariaLabel, innerText } = document.activeElement;
  return { id, name: ariaLabel ?? innerText };
}"""
# Looks for a strip in the frame that a key or a click belongs to: before the browser has painted again.
_WATCH = """(prompt) => {
  const look = () => requestAnimationFrame(() => {
    window.seenAtOnce = [...document.querySelectorAll("article")].some((strip) => strip.ariaLabel === prompt);
  });
  for (const kind of ["keydown", "click"]) addEventListener(kind, look, { capture: true });
}"""


@contextmanager
def chromium() -> Generator[Browser]:
    """Start Chromium without a window. Fails, and says what to do, where there is none."""
    assert CHROMIUM.is_file(), f"There is no Chromium at {CHROMIUM}: install it, or name another with CHROMIUM=…"
    assert AXE.is_file(), f"There is no {AXE}: run `make setup`."
    expect.set_options(timeout=PATIENCE_MS)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM)
        yield browser
        browser.close()


def open_context(browser: Browser, session: StorageState | None, **how: Any) -> BrowserContext:
    """A browser of one person, who is signed in or not; animations are short."""
    kept: dict[str, Any] = {"reduced_motion": "reduce"} | how
    context = browser.new_context(storage_state=session, **kept)
    context.set_default_timeout(PATIENCE_MS)
    return context


class Visit(Protocol):
    """Open the studio in a browser of its own; `complaints` are words that its console may say."""

    def __call__(
        self, path: str = "/", *, session: StorageState | None = ..., complaints: str | None = None, **how: Any
    ) -> "Tab": ...


def hand(width: int) -> dict[str, Any]:
    """What a browser of this width is: a phone in a hand or a window on a desk."""
    how: dict[str, Any] = {"viewport": {"width": width, "height": SIZES[width]}}
    return how | ({"is_mobile": True, "has_touch": True} if width < WIDEST_HAND else {})


def keep(tab: "Tab", name: str, **how: Any) -> None:
    """Leave a picture of the page where DAYGEN_ARTIFACTS says."""
    if ARTIFACTS:
        tab.page.screenshot(path=Path(ARTIFACTS, f"{name}.png"), animations="disabled", **how)


def submit(api: httpx.Client, prompt: str, **changes: Any) -> str:
    """Order something past the page; the job's id."""
    order = {"model": "fake/image", "operation": "text_to_image", "input": {"prompt": prompt}} | changes
    answer = api.post("/v1/jobs", json=order)
    assert answer.status_code == 202, answer.text
    job_id: str = answer.json()["jobId"]
    return job_id


def ended(api: httpx.Client, job_id: str) -> dict[str, Any]:
    """A job, once it has ended."""

    def look() -> dict[str, Any] | None:
        job: dict[str, Any] = api.get(f"/v1/jobs/{job_id}").json()
        return job if job["finishedAt"] else None

    job: dict[str, Any] = until(look, within_s=60, what=job_id)
    return job


@dataclass(slots=True)
class Held:
    """Requests that wait until they are let go."""

    routes: list[Route] = field(default_factory=list[Route])

    def let_go(self) -> None:
        """Let all of them on."""
        while self.routes:
            self.routes.pop(0).continue_()


class Tab:
    """One tab. `asked` has its requests but for files; `complaints` is what it says on the console in red."""

    def __init__(self, page: Page, url: str) -> None:
        self.page = page
        self.url = url
        self.asked: list[str] = []
        self.sockets: list[str] = []
        self.complaints: list[str] = []
        page.on("request", lambda request: self._note(request.method, request.url))
        page.on("websocket", lambda socket: self.sockets.append(socket.url))
        page.on("console", lambda said: self.complaints.append(said.text) if said.type == "error" else None)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def open(self, path: str = "/") -> Self:
        """Go to an address."""
        self.page.goto(self.url + path)
        return self

    def ready(self) -> Self:
        """Wait until the studio is there and knows what it shows."""
        expect(self.page.get_by_role("heading", name="Today", level=1)).to_be_visible()
        expect(self.generate).to_be_visible()
        expect(self.balance).to_be_visible()
        return self

    @property
    def balance(self) -> Locator:
        """What is left: in the inspector where it has a column, else above the roll."""
        return self.page.get_by_test_id("credits").filter(visible=True)

    @property
    def prompt(self) -> Locator:
        return self.page.get_by_role("textbox", name="Prompt")

    @property
    def generate(self) -> Locator:
        return self.page.get_by_role("button", name="Generate")

    @property
    def door(self) -> Locator:
        return self.page.get_by_role("button", name="Sign in")

    def credits(self) -> float:
        """What is left."""
        return float(self.balance.locator("b").inner_text().replace(",", ""))

    def strip_of(self, prompt: str) -> Locator:
        """The newest strip of these words."""
        return self.page.get_by_role("article", name=prompt, exact=True).first

    def cookies(self) -> dict[str, str]:
        """What this browser holds for the house."""
        return {cookie.get("name", ""): cookie.get("value", "") for cookie in self.page.context.cookies()}

    def choose(self, model: str, count: int) -> None:
        """Set the prompt bar; on a phone it is behind one button."""
        behind = self.settings
        is_phone = not self.model.first.is_visible()
        if is_phone:
            behind.tap()
        self.model.filter(visible=True).click()
        self.page.get_by_role("option", name=TITLES[model], exact=True).click()
        self.page.get_by_role("radio", name="1 picture" if count == 1 else f"{count} pictures").filter(
            visible=True
        ).check()
        if is_phone:
            self.page.keyboard.press("Escape")
        expect(behind).to_have_attribute("aria-expanded", "false")

    @property
    def settings(self) -> Locator:
        return self.page.get_by_role("button", name=re.compile("^Settings"))

    @property
    def model(self) -> Locator:
        return self.page.get_by_role("button", name="Model:")

    def frame_of(self, strip: Locator, number: int) -> Locator:
        """A picture on a strip."""
        return strip.get_by_role("button", name=f"Frame {number} of")

    def look_at(self, strip: Locator, number: int) -> Locator:
        """Open a picture of a strip; the dialog, once the picture is there."""
        self.frame_of(strip, number).press("Enter")
        dialog = self.page.get_by_role("dialog", name=f"Frame {number} of")
        expect(dialog.get_by_role("img").first).to_have_js_property("complete", value=True)
        return dialog

    def order(self, prompt: str, *, model: str = "fake/image", count: int = 1) -> Locator:
        """Type and press Enter; the strip."""
        self.choose(model, count)
        self.prompt.fill(prompt)
        self.prompt.press("Enter")
        return self.strip_of(prompt)

    def watch_the_frame_of(self, prompt: str) -> None:
        """Note from now on whether a strip is there in the very frame of a key or click: see `seen_at_once`."""
        self.page.evaluate(_WATCH, prompt)

    def seen_at_once(self) -> bool:
        found: bool = self.page.evaluate("() => new Promise(requestAnimationFrame).then(() => window.seenAtOnce)")
        return found

    def hold(self, method: str, path: str) -> Held:
        """Keep a kind of request from going out."""
        held = Held()

        def meet(route: Route) -> None:
            if route.request.method == method:
                held.routes.append(route)
            else:
                route.continue_()

        self.page.route(self.url + path, meet)
        return held

    def show_only(self, jobs: Sequence[Mapping[str, Any]]) -> Self:
        """Load the page as if nothing but these had been ordered."""
        page = json.dumps({"data": list(jobs), "nextCursor": None})
        self.page.route(
            f"{self.url}/v1/jobs?**", lambda route: route.fulfill(body=page, content_type="application/json")
        )
        self.page.reload()
        return self.ready()

    def walk_to(self, name: str) -> None:
        """Press Tab until something of this name has the focus."""
        for _ in range(40):
            self.page.keyboard.press("Tab")
            if self.focused()["name"] == name:
                return
        raise AssertionError(f"Tab does not lead to {name!r}")

    def bars_px(self) -> list[float]:
        """How tall the rail and the header are."""
        bars = (self.page.get_by_role("navigation", name="DayGen"), self.page.locator("main > header"))
        boxes = [bar.bounding_box() for bar in bars]
        return [box["height"] for box in boxes if box]

    def overhanging(self) -> list[str]:
        """What sticks out at the sides."""
        found: list[str] = self.page.evaluate(_OVERHANGING)
        return found

    def barriers(self) -> list[str]:
        """What axe finds that would keep somebody out: serious and critical."""
        devtools: Any = self.page.context.new_cdp_session(self.page)
        # Unlike a script in the page, the page's policy lets it in
        devtools.send("Runtime.evaluate", {"expression": AXE.read_text()})
        devtools.detach()
        found: list[str] = self.page.evaluate(_BARRIERS)
        return found

    def small_targets(self) -> list[str]:
        """What a finger would miss."""
        found: list[str] = self.page.evaluate(_SMALL)
        return found

    def focused(self) -> Mapping[str, str]:
        """The name and id of what has the focus."""
        found: Mapping[str, str] = self.page.evaluate(_FOCUSED)
        return found

    def _note(self, method: str, url: str) -> None:
        path = urlsplit(url).path
        if not path.startswith(FILES):
            self.asked.append(f"{method} {path}")


def expect_pictures(strip: Locator, count: int, width_px: int) -> None:
    """Wait until a strip has this many pictures and the browser has decoded each of them."""
    pictures = strip.get_by_role("img")
    expect(pictures).to_have_count(count)
    for at in range(count):
        pictures.nth(at).scroll_into_view_if_needed()
        expect(pictures.nth(at)).to_have_js_property("naturalWidth", width_px)
