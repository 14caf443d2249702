"""The studio in Chromium against real processes: order, see it live, lose the line, come back, leave."""

import os
import signal
from typing import Any

import httpx
import pytest
from playwright.sync_api import expect

from tests.e2e.studio import (
    FAKE_PX,
    NO_LINE,
    NOT_FOUND,
    NOT_SIGNED_IN,
    PRINT_PX,
    SIZES,
    THEMES,
    WIDE_PRINT_PX,
    Tab,
    Theme,
    Visit,
    expect_pictures,
    hand,
    keep,
    submit,
)
from tests.processes import Running, until

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("used", [True, False], ids=["used", "invented"])
def test_a_link_that_no_longer_signs_in_leads_to_the_door_and_says_so(up: Running, visit: Visit, used: bool) -> None:
    link = str(up.ready["signInUrl"]).removeprefix(up.url) if used else "/sign-in?token=invented"

    tab = visit(link, session=None, complaints=NOT_SIGNED_IN)

    expect(tab.page.get_by_role("alert")).to_have_text("This sign-in link was used already or has expired.")
    expect(tab.page.get_by_text("prints a new one")).to_be_visible()
    expect(tab.door).to_be_enabled()


@pytest.mark.parametrize("by", ["key", "click"])
def test_the_strip_is_there_in_the_same_frame_before_the_server_knows(visit: Visit, by: str) -> None:
    prompt = f"a fox by {by}"
    tab = visit()
    held = tab.hold("POST", "/v1/jobs")
    tab.choose("fake/image", 2)
    tab.prompt.fill(prompt)
    before = tab.credits()

    tab.watch_the_frame_of(prompt)
    if by == "key":
        tab.prompt.press("Enter")
    else:
        tab.generate.click()

    assert tab.seen_at_once()
    assert tab.credits() == before - 2
    expect(tab.strip_of(prompt)).to_have_attribute("data-status", "queued")
    held.let_go()
    expect_pictures(tab.strip_of(prompt), 2, FAKE_PX)


def test_a_print_arrives_and_is_there_after_a_reload(visit: Visit, api: httpx.Client) -> None:
    prompt = "a lighthouse at dusk"
    tab = visit()
    before = tab.credits()

    strip = tab.order(prompt, model="local/print", count=2)

    expect_pictures(strip, 2, PRINT_PX)
    expect(strip).to_have_attribute("data-status", "succeeded")
    after = tab.credits()
    assert after == before - 2 == api.get("/v1/balance").json()["availableCredits"]
    tab.page.reload()
    tab.ready()
    expect_pictures(tab.strip_of(prompt), 2, PRINT_PX)
    assert tab.credits() == after


def test_a_slow_job_is_watched_over_one_socket_and_asked_for_once(visit: Visit) -> None:
    tab = visit()
    asked = len(tab.asked)

    strip = tab.order("snow [[slow:1.2]]", count=2)

    light = strip.get_by_role("progressbar")
    expect(strip.get_by_role("img")).to_have_count(1)
    assert 0.5 <= float(light.evaluate("light => light.value")) < 1
    expect_pictures(strip, 2, FAKE_PX)
    expect(light).to_have_count(0)
    assert tab.asked[asked:] == ["POST /v1/jobs"]
    assert len(tab.sockets) == 1


def test_a_refusal_is_said_in_plain_words_and_costs_nothing(visit: Visit, api: httpx.Client) -> None:
    tab = visit()
    before, asked = tab.credits(), len(tab.asked)

    submit(api, "a storm [[refuse]]")

    strip = tab.strip_of("a storm [[refuse]]")
    expect(strip).to_have_attribute("data-status", "failed")
    expect(strip).to_contain_text("The fake refuses this prompt, as told.")
    expect(strip).to_contain_text("free")
    expect(strip.get_by_role("button", name="Retry")).to_be_enabled()
    assert (tab.credits(), tab.asked[asked:]) == (before, [])


def test_canceling_a_running_job_gives_its_credits_back(visit: Visit, api: httpx.Client) -> None:
    tab = visit()
    before = tab.credits()
    strip = tab.order("a long night [[slow:20]]", count=3)
    expect(strip).to_have_attribute("data-status", "processing")
    assert tab.credits() == before - 3

    strip.get_by_role("button", name="Cancel").click()

    expect(strip).to_contain_text("Canceled. Nothing was charged.")
    assert tab.credits() == before == api.get("/v1/balance").json()["availableCredits"]
    job = api.get(f"/v1/jobs/{strip.get_attribute('data-job')}").json()
    assert (job["status"], job["cost"]["chargedCredits"]) == ("canceled", 0)


def test_another_tab_sees_it_too(visit: Visit) -> None:
    here, there = visit(), visit()
    asked = len(there.asked)

    here.order("two owls")

    expect_pictures(there.strip_of("two owls"), 1, FAKE_PX)
    expect_pictures(here.strip_of("two owls"), 1, FAKE_PX)
    assert there.credits() == here.credits()
    assert there.asked[asked:] == []


def test_an_api_that_dies_midway_is_not_missed(up: Running, visit: Visit) -> None:
    tab = visit(complaints=NO_LINE)
    strip = tab.order("a ferry [[slow:2]]", count=2)
    expect(strip).to_have_attribute("data-status", "processing")
    asked = len(tab.asked)
    tab.page.evaluate("() => { window.isTheSamePage = true; }")

    os.kill(up.pids["api"][0], signal.SIGKILL)

    expect(tab.page.get_by_text("Reconnecting")).to_be_visible()
    expect_pictures(strip, 2, FAKE_PX)
    expect(strip).to_have_attribute("data-status", "succeeded")
    expect(tab.page.get_by_text("Reconnecting")).not_to_be_visible()
    assert tab.page.evaluate("() => window.isTheSamePage")
    assert "GET /v1/jobs" not in tab.asked[asked:]


def set_password(up: Running, cookies: dict[str, str], password: str) -> None:
    """What the page has no form for yet."""
    answer = httpx.put(
        f"{up.url}/v1/me/password",
        cookies=cookies,
        json={"password": password},
        headers={"X-CSRF-Token": cookies["daygen_csrf"]},
    )
    assert answer.status_code == 204, answer.text


def test_who_signs_out_is_out(up: Running, visit: Visit) -> None:
    set_password(up, visit().cookies(), "a long enough password")
    tab = visit(session=None, complaints=NOT_SIGNED_IN)

    tab.page.get_by_label("E-mail address").fill("operator@localhost")
    tab.page.get_by_label("Password").fill("a long enough password")
    tab.page.get_by_label("Password").press("Enter")
    tab.ready()
    cookies = tab.cookies()
    assert httpx.get(f"{up.url}/v1/me", cookies=cookies).status_code == 200
    tab.prompt.fill("a secret wish")
    tab.page.get_by_role("button", name="Sign out").click()

    expect(tab.door).to_be_visible()
    assert httpx.get(f"{up.url}/v1/me", cookies=cookies).status_code == 401
    assert "a secret wish" not in tab.page.evaluate("() => JSON.stringify(localStorage)")
    tab.page.reload()
    expect(tab.door).to_be_visible()


@pytest.fixture(scope="module")
def roll(up: Running) -> list[dict[str, Any]]:
    """Jobs with all there is to see, newest first: prints of several shapes, a refusal, one that was canceled."""
    prints = {"pines in snow": "1:1", "city roofs under a full moon": "4:5", "a lighthouse at dusk, gulls": "3:2"}
    with up.client() as api:
        jobs = [
            submit(
                api, prompt, model="local/print", count=at, input={"prompt": prompt, "aspectRatio": ratio, "seed": 7}
            )
            for at, (prompt, ratio) in enumerate(prints.items(), start=2)
        ]
        jobs += [submit(api, "a crowded market [[refuse]]"), submit(api, "a night too long [[slow:30]]")]
        api.post(f"/v1/jobs/{jobs[-1]}/cancel")
        return [until(lambda job=job: ended(api, job), within_s=60, what=job) for job in reversed(jobs)]


def ended(api: httpx.Client, job_id: str) -> dict[str, Any] | None:
    """A job, once it has ended."""
    job: dict[str, Any] = api.get(f"/v1/jobs/{job_id}").json()
    return job if job["finishedAt"] else None


@pytest.mark.parametrize("theme", THEMES)
def test_nobody_is_kept_out(visit: Visit, roll: list[dict[str, Any]], theme: Theme) -> None:
    tab = visit(color_scheme=theme).show_only(roll)
    running = tab.order("a slow dawn [[slow:20]]", count=2)
    expect(running).to_have_attribute("data-status", "processing")
    door = visit("/?link=rejected", session=None, complaints=NOT_SIGNED_IN, color_scheme=theme)
    expect(door.page.get_by_role("alert")).to_be_visible()

    assert {"the roll": tab.barriers(), "the door": door.barriers()} == {"the roll": [], "the door": []}

    running.get_by_role("button", name="Cancel").click()
    expect(running).to_have_attribute("data-status", "canceled")
    tab.look_at(tab.strip_of("pines in snow"), 1)
    assert tab.barriers() == []


@pytest.mark.parametrize("width", SIZES)
def test_nothing_sticks_out(visit: Visit, roll: list[dict[str, Any]], width: int) -> None:
    """Leaves a picture of every state in both themes where DAYGEN_ARTIFACTS says."""
    how = hand(width)

    def look(tab: Tab, state: str) -> None:
        for theme in THEMES:
            tab.page.emulate_media(color_scheme=theme)
            keep(tab, f"{state}-{width}-{theme}")
            assert tab.overhanging() == [], f"{state} at {width} px"

    tab = visit(complaints=NOT_FOUND, **how).show_only(roll)  # a preview may have passed before it is fetched
    lighthouse = tab.strip_of("a lighthouse at dusk, gulls")
    expect_pictures(lighthouse, 4, WIDE_PRINT_PX)
    look(tab, "roll")
    bars = tab.bars_px()
    tab.page.evaluate("() => scrollTo(0, 0)")
    running = tab.order("a slow dawn over the harbour", model="local/print", count=2)
    look(tab, "developing")
    assert tab.bars_px() == bars
    expect_pictures(running, 2, PRINT_PX)
    tab.look_at(lighthouse, 1)
    look(tab, "viewer")
    tab.show_only([])
    expect(tab.page.get_by_text("This roll is empty.")).to_be_visible()
    look(tab, "empty")
    assert tab.bars_px() == bars
    door = visit("/?link=rejected", session=None, complaints=NOT_SIGNED_IN, **how)
    expect(door.page.get_by_role("alert")).to_be_visible()
    look(door, "door")
