"""The first minute in the studio: order, mark, look, go on from there; by mouse, by keys, by link, on a phone."""

import json
import re
import time

import httpx
import pytest
from playwright.sync_api import Browser, expect

from tests.e2e.studio import (
    DESK,
    FAKE_PX,
    NOT_FOUND,
    PRINT_PX,
    THEMES,
    Tab,
    Theme,
    Visit,
    ended,
    expect_pictures,
    hand,
    keep,
    open_context,
    submit,
)
from tests.processes import Running, command

pytestmark = pytest.mark.browser

A_MINUTE_S = 60.0


def test_the_first_minute_by_mouse(up: Running, browser: Browser) -> None:
    link = command("admin", "sign-in-link", "--data-dir", str(up.data_dir)).stdout.strip().split()[-1]
    context = open_context(browser, None, **DESK)
    page = context.new_page()
    tab = Tab(page, up.url)

    started_s = time.monotonic()
    page.goto(link)
    tab.ready()
    tab.prompt.click()
    page.keyboard.insert_text("a lighthouse at dusk, gulls")
    tab.generate.click()
    strip = tab.strip_of("a lighthouse at dusk, gulls")
    expect_pictures(strip, 4, PRINT_PX)
    took_s = time.monotonic() - started_s

    page.evaluate("scrollTo(0, 0)")
    tab.frame_of(strip, 2).click()
    inspector = page.get_by_role("complementary", name="Inspector")
    expect(inspector).to_contain_text(re.compile("1024 . 1024"))
    expect(tab.frame_of(strip, 2)).to_have_attribute("aria-pressed", "true")
    inspector.get_by_role("button", name="Vary strong").click()
    varied = page.get_by_role("article", name=re.compile(r"Varied \(strong\) from ....·2"))
    expect_pictures(varied, 4, PRINT_PX)
    tab.frame_of(varied, 3).dblclick()
    dialog = page.get_by_role("dialog", name="Frame 3 of 4")
    expect(dialog.get_by_role("link", name="Download")).to_be_visible()
    dialog.get_by_role("button", name="1:1").click()
    expect(dialog.get_by_role("button", name="1:1")).to_have_text("100 %")
    dialog.get_by_role("button", name="Close").filter(visible=True).click()
    expect(dialog).to_have_count(0)

    assert took_s < A_MINUTE_S
    assert tab.complaints == []
    context.close()


def test_the_first_minute_by_keys(visit: Visit) -> None:
    tab = visit(**DESK)
    keys = tab.page.keyboard
    keys.press("Tab")
    assert tab.focused()["name"] == "Go to the prompt"
    keys.press("Enter")
    assert tab.focused()["id"] == "prompt"
    keys.type("two herons")
    keys.press("Shift+Enter")
    keys.type("by keys")
    keys.press("Enter")
    strip = tab.strip_of("two herons by keys")
    expect_pictures(strip, 4, PRINT_PX)

    tab.walk_to("Frame 1 of 4")
    keys.press("ArrowRight")
    expect(tab.frame_of(strip, 2)).to_have_attribute("aria-pressed", "true")
    keys.press("v")
    varied = tab.page.get_by_role("article", name=re.compile(r"Varied \(subtle\) from ....·2"))
    expect_pictures(varied, 4, PRINT_PX)
    keys.press("ArrowUp")
    expect(tab.frame_of(varied, 2)).to_be_focused()
    keys.press("Enter")
    expect(tab.page.get_by_role("dialog", name="Frame 2 of 4")).to_be_visible()
    keys.press("b")
    expect(tab.page.get_by_role("button", name="Surround: grey")).to_be_visible()
    keys.press("ArrowDown")
    expect(tab.page.get_by_role("dialog").get_by_role("img", name="two herons by keys")).to_be_visible()
    keys.press("Escape")
    expect(tab.frame_of(strip, 2)).to_be_focused()
    keys.press("?")
    expect(tab.page.get_by_role("dialog", name="Keys")).to_be_visible()
    keys.press("Escape")
    expect(tab.page.get_by_role("dialog")).to_have_count(0)
    keys.press("/")
    expect(tab.prompt).to_be_focused()


def test_a_link_opens_a_picture_and_going_back_closes_it(visit: Visit, api: httpx.Client) -> None:
    job = ended(api, submit(api, "a picture by link", count=2))
    tab = visit(**DESK)
    tab.look_at(tab.strip_of("a picture by link"), 2)
    assert tab.page.url == f"{tab.url}/?job={job['id']}&frame=2"

    tab.page.reload()
    expect(tab.page.get_by_role("dialog", name="Frame 2 of 2")).to_be_visible()
    tab.page.go_back()
    expect(tab.page.get_by_role("dialog")).to_have_count(0)
    assert tab.page.url == f"{tab.url}/"
    tab.page.go_forward()
    expect(tab.page.get_by_role("dialog", name="Frame 2 of 2")).to_be_visible()


def test_a_link_to_a_job_that_is_not_on_the_page_opens_it_too(visit: Visit, api: httpx.Client) -> None:
    job = ended(api, submit(api, "a picture from long ago"))
    tab = visit().show_only([])

    tab.open(f"/?job={job['id']}")

    dialog = tab.page.get_by_role("dialog", name="Frame 1 of 1")
    expect(dialog).to_contain_text("a picture from long ago")
    expect(dialog.get_by_role("img")).to_have_js_property("naturalWidth", FAKE_PX)


def test_a_link_to_another_workspaces_job_says_so_plainly(up: Running, visit: Visit) -> None:
    said = command("admin", "workspace", "create", "--name", "Eve", "--json", "--data-dir", str(up.data_dir)).stdout
    key = re.search(r'"apiKey": ?"([^"]+)"', said)
    workspace = re.search(r'"workspaceId": ?"([^"]+)"', said)
    assert key
    assert workspace
    grant = ("admin", "grant", "--workspace", workspace[1], "--credits", "5", "--reason", "for the test")
    assert command(*grant, "--data-dir", str(up.data_dir)).returncode == 0
    with httpx.Client(base_url=up.url, headers={"Authorization": f"Bearer {key[1]}"}) as eve:
        job = ended(eve, submit(eve, "Eve's own"))

    tab = visit(complaints=NOT_FOUND)
    tab.open(f"/?job={job['id']}")

    expect(tab.page.get_by_role("alert")).to_contain_text("This picture is not in this workspace")
    assert "Eve's own" not in tab.page.content()
    tab.page.get_by_role("button", name="Back to the roll").click()
    expect(tab.page.get_by_role("dialog")).to_have_count(0)


def test_who_looks_at_older_strips_is_not_pushed_about(visit: Visit, api: httpx.Client) -> None:
    for at in range(8):
        submit(api, f"an older strip {at}", count=4)
    tab = visit(**DESK)
    expect_pictures(tab.strip_of("an older strip 7"), 4, FAKE_PX)
    tab.page.evaluate("scrollTo(0, 900)")
    watched = tab.page.locator("article").nth(3)
    prompt = watched.get_attribute("aria-label")
    before = watched.bounding_box()

    for at in range(3):
        ended(api, submit(api, f"news {at}"))

    pill = tab.page.get_by_role("button", name="3 new")
    expect(pill).to_be_visible()
    assert tab.page.get_by_role("article", name=str(prompt), exact=True).first.bounding_box() == before
    assert tab.page.get_by_role("article", name="news 2").count() == 0
    pill.click()
    expect(tab.strip_of("news 2")).to_be_in_viewport()
    expect(pill).to_have_count(0)


def test_only_what_was_changed_is_sent_and_a_reload_keeps_it(visit: Visit) -> None:
    tab = visit(**DESK)
    tab.choose("local/print", 2)
    tab.page.get_by_role("radio", name="3 by 2").check()
    tab.prompt.fill("a kept wish")
    tab.page.reload()
    tab.ready()
    expect(tab.prompt).to_have_value("a kept wish")
    expect(tab.page.get_by_role("radio", name="3 by 2")).to_be_checked()

    with tab.page.expect_request("**/v1/jobs") as sent:
        tab.generate.click()

    order = json.loads(sent.value.post_data or "")
    assert isinstance(order["input"].pop("seed"), int)
    assert order == {
        "model": "local/print",
        "operation": "text_to_image",
        "input": {"prompt": "a kept wish", "aspectRatio": "3:2"},
        "count": 2,
    }
    tab.prompt.fill("")
    tab.prompt.press("ArrowUp")
    expect(tab.prompt).to_have_value("a kept wish")


def test_another_model_keeps_what_fits_and_says_what_it_dropped(visit: Visit) -> None:
    tab = visit(**DESK)
    tab.choose("local/print", 2)
    tab.page.get_by_role("radio", name="3 by 2").check()
    tab.settings.click()
    panel = tab.page.get_by_role("dialog", name="Settings")
    panel.get_by_role("combobox", name="Technique").select_option(label="linocut")
    panel.get_by_role("spinbutton", name="Seed").fill("7")
    panel.press("Escape")

    tab.choose("fake/image", 2)

    expect(tab.page.get_by_text("Fake does not have Shape and Technique like that")).to_be_visible()
    with tab.page.expect_request("**/v1/jobs") as sent:
        tab.prompt.fill("what is kept")
        tab.generate.click()
    assert json.loads(sent.value.post_data or "")["input"] == {"prompt": "what is kept", "seed": 7}


def test_an_act_that_has_to_be_told_something_asks_first(visit: Visit, api: httpx.Client) -> None:
    ended(api, submit(api, "a plain wall"))
    tab = visit(**DESK)
    tab.frame_of(tab.strip_of("a plain wall"), 1).click()
    before = tab.credits()

    tab.page.keyboard.press("e")
    tab.page.get_by_role("dialog", name="Edit").get_by_role("textbox", name="What to change").fill("make it red")
    tab.page.keyboard.press("Enter")

    edited = tab.strip_of("make it red")
    expect_pictures(edited, 1, FAKE_PX)
    expect(edited).to_contain_text("Fake edit")
    assert tab.credits() == before - 2.5
    tab.frame_of(edited, 1).click()
    inspector = tab.page.get_by_role("complementary", name="Inspector")
    inspector.get_by_role("button", name="·1").click()
    expect(tab.frame_of(tab.strip_of("a plain wall"), 1)).to_be_focused()


def test_the_viewer_moves_from_the_tile_where_motion_is_wanted(visit: Visit, api: httpx.Client) -> None:
    ended(api, submit(api, "a picture that moves", count=2))
    tab = visit(reduced_motion="no-preference", **DESK)
    tab.page.evaluate(
        """() => { window.moves = 0; const start = document.startViewTransition.bind(document);
        document.startViewTransition = (change) => { window.moves += 1; return start(change); }; }"""
    )

    tab.look_at(tab.strip_of("a picture that moves"), 1)
    tab.page.keyboard.press("Escape")

    expect(tab.page.get_by_role("dialog")).to_have_count(0)
    expect(tab.frame_of(tab.strip_of("a picture that moves"), 1)).to_be_focused()
    assert tab.page.evaluate("window.moves") == 2


@pytest.mark.parametrize("seconds", [4, pytest.param(180, marks=[pytest.mark.long, pytest.mark.timeout(400)])])
def test_the_log_of_a_long_job_has_one_request_besides_its_pictures(visit: Visit, seconds: int) -> None:
    tab = visit()
    asked = len(tab.asked)

    strip = tab.order(f"patience [[slow:{seconds}]]")

    expect(strip).to_have_attribute("data-status", "succeeded", timeout=(seconds + 20) * 1000)
    expect_pictures(strip, 1, FAKE_PX)
    assert tab.asked[asked:] == ["POST /v1/jobs"]


@pytest.mark.parametrize("theme", THEMES)
def test_every_other_page_keeps_nobody_out(visit: Visit, theme: Theme) -> None:
    tab = visit(color_scheme=theme, **DESK).show_only([])
    expect(tab.page.get_by_text("This roll is empty.")).to_be_visible()
    found = {"empty": tab.barriers()}
    tab.settings.click()
    keep(tab, f"settings-1440-{theme}")
    found["settings"] = tab.barriers()
    tab.page.keyboard.press("Escape")
    tab.model.click()
    found["models"] = tab.barriers()
    tab.page.keyboard.press("Escape")
    expect(tab.model).to_have_attribute("aria-expanded", "false")
    tab.page.locator("body").press("?")
    expect(tab.page.get_by_role("dialog", name="Keys")).to_be_visible()
    keep(tab, f"keys-1440-{theme}")
    found["keys"] = tab.barriers()

    tab.open("/__ui")
    expect(tab.page.get_by_role("heading", name="Darkroom")).to_be_visible()
    keep(tab, f"ui-1440-{theme}", full_page=True)
    found["gallery"] = tab.barriers()

    assert [*found.items()] == [(page, []) for page in found]


@pytest.mark.parametrize("width", [360, 412])
def test_a_finger_finds_everything_on_a_phone(visit: Visit, api: httpx.Client, width: int) -> None:
    ended(api, submit(api, "a picture for a thumb", count=2))
    tab = visit(**hand(width))
    strip = tab.strip_of("a picture for a thumb")
    expect_pictures(strip, 2, FAKE_PX)
    assert tab.small_targets() == []

    tab.settings.tap()
    expect(tab.page.get_by_role("dialog", name="Settings")).to_be_in_viewport()
    keep(tab, f"settings-{width}")
    assert (tab.small_targets(), tab.overhanging()) == ([], [])
    tab.page.keyboard.press("Escape")
    tab.frame_of(strip, 1).tap()
    expect(tab.page.get_by_role("dialog", name="Frame 1 of 2")).to_be_visible()
    assert (tab.small_targets(), tab.overhanging()) == ([], [])


def test_a_wide_room_has_no_edge_to_scroll_to(visit: Visit) -> None:
    tab = visit(viewport={"width": 1180, "height": 760})

    for width in (640, 820, 1024, 1179, 1180, 1440):
        tab.page.set_viewport_size({"width": width, "height": 760})
        expect(tab.balance).to_be_visible()
        assert tab.overhanging() == [], f"at {width} px"
