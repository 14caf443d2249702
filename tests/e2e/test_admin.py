"""The operators' queue in Chromium against real processes: what runs, what died, and trying it again."""

import re

import httpx
import pytest
from playwright.sync_api import expect

from tests.e2e.studio import DESK, SIZES, THEMES, WIDEST_HAND, Tab, Theme, Visit, ended, hand, keep, submit
from tests.processes import Running, command, until

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]

DEAD = ("[[broken]] a lighthouse", "[[broken]] a ferry")


@pytest.fixture(scope="module", autouse=True)
def busy(up: Running) -> None:
    """Two jobs that were given up, one that runs, one whose provider paused its pool, and two that wait for that."""
    with up.client() as api:
        given_up = [submit(api, prompt) for prompt in DEAD]
        assert [ended(api, job_id)["status"] for job_id in given_up] == ["failed"] * 2
        for pool, most in (("fake/image", "3"), ("fake", "2")):
            capped = command("admin", "cap", pool, most, "--data-dir", str(up.data_dir))
            assert capped.returncode == 0, capped.stderr
        submit(api, "[[slow:300]] a slow one")
        until(lambda: figures(api).get("running") == 1)
        submit(api, "[[busy:600]] a busy provider")
        until(lambda: flow(api, "fake/image") == "paused")
        for _ in range(2):
            submit(api, "[[slow:300]] a slow one")


def figures(api: httpx.Client) -> dict[str, int]:
    """How many tasks are in each state."""
    return {depth["state"]: depth["tasks"] for depth in api.get("/v1/admin/queue").json()["depths"]}


def flow(api: httpx.Client, name: str) -> str:
    """Whether a pool gives work out."""
    flows: dict[str, str] = {pool["name"]: pool["flow"] for pool in api.get("/v1/admin/queue").json()["pools"]}
    return flows[name]


def to_the_queue(tab: Tab) -> Tab:
    """By the rail."""
    tab.page.get_by_role("link", name="Queue", exact=True).click()
    expect(tab.page.get_by_role("heading", name="Queue", level=1)).to_be_visible()
    expect(tab.page.get_by_role("region", name="Pools")).to_be_visible()
    return tab


def test_an_operator_sees_what_died_and_has_it_tried_again(visit: Visit, api: httpx.Client) -> None:
    (letter, *_) = api.get("/v1/admin/queue").json()["dead"]
    failed = api.get(f"/v1/jobs/{letter['jobId']}").json()
    before = api.get("/v1/balance").json()
    tab = to_the_queue(visit(**DESK))
    letters = tab.page.get_by_role("region", name="Dead letters")
    ours = letters.get_by_role("listitem", name=f"Job {letter['jobId'][-4:].upper()}")
    expect(ours).to_contain_text("Tried 5 times, and failed each time")
    expect(ours).to_contain_text("Operator")
    held = tab.hold("POST", f"/v1/admin/queue/dead/{letter['taskId']}/replay")

    with tab.page.expect_request("**/replay"):
        ours.get_by_role("button").click()

    expect(ours).to_have_count(0)  # before the server knows
    assert figures(api)["dead"] >= 1
    held.let_go()
    expect(tab.page.get_by_text("Ordered again as job")).to_be_visible()
    (newest, *_) = api.get("/v1/jobs", params={"limit": 1}).json()["data"]
    assert (newest["input"], newest["status"]) == (failed["input"], "queued")
    assert newest["id"] != failed["id"]
    assert api.get("/v1/balance").json()["heldCredits"] == before["heldCredits"] + 1
    assert letter["taskId"] not in [left["taskId"] for left in api.get("/v1/admin/queue").json()["dead"]]


def test_the_queue_is_looked_at_by_key_and_by_coming_back_and_never_by_itself(visit: Visit) -> None:
    tab = to_the_queue(visit(**DESK))
    shown = tab.page.get_by_text(re.compile("^as of"))
    before = shown.inner_text()
    asked = len(tab.asked)
    tab.page.wait_for_timeout(1500)
    assert tab.asked[asked:] == []

    tab.page.keyboard.press("r")

    expect(shown).not_to_have_text(before)
    with tab.page.expect_request("**/v1/admin/queue"):
        tab.page.evaluate("() => document.dispatchEvent(new Event('visibilitychange', { bubbles: true }))")
    tab.page.wait_for_timeout(500)
    assert tab.asked[asked:] == ["GET /v1/admin/queue"] * 2


def test_a_dead_letter_is_reached_and_replayed_by_keyboard_alone(visit: Visit, api: httpx.Client) -> None:
    tab = to_the_queue(visit(**DESK))
    letter = api.get("/v1/admin/queue").json()["dead"][0]
    replay = f"/v1/admin/queue/dead/{letter['taskId']}/replay"
    tab.page.route(tab.url + replay, lambda route: route.abort())  # so that the letter stays for others

    tab.walk_to(f"Replay Job {letter['jobId'][-4:].upper()}")
    tab.page.keyboard.press("Enter")

    expect(tab.page.get_by_role("alert")).to_contain_text("Not replayed: The server cannot be reached.")
    tab.complaints.clear()  # Chromium says that the request did not go out


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("width", SIZES)
def test_the_queue_fits_and_keeps_nobody_out(visit: Visit, theme: Theme, width: int) -> None:
    tab = to_the_queue(visit(color_scheme=theme, **hand(width)))
    expect(tab.page.get_by_role("meter", name="fake/image: 1 of 3 running")).to_be_attached()
    expect(tab.page.get_by_role("region", name="Pools")).to_contain_text("Paused for")
    keep(tab, f"queue-{width}-{theme}", full_page=True)

    assert (tab.overhanging(), tab.barriers()) == ([], [])
    if width < WIDEST_HAND:
        assert tab.small_targets() == []
