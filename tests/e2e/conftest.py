"""One house and one browser for each module of tests, and tabs of its operator."""

from collections.abc import Generator, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, StorageState

from tests.e2e.studio import Tab, Visit, chromium, open_context
from tests.processes import Running, start_up


@pytest.fixture(scope="module")
def up(tmp_path_factory: pytest.TempPathFactory) -> Generator[Running]:
    with start_up(
        tmp_path_factory.mktemp("studio") / "house", env={"DAYGEN_FAKES": "1", "DAYGEN_GRACE_SECONDS": "2"}
    ) as running:
        yield running


@pytest.fixture(scope="module")
def browser() -> Generator[Browser]:
    with chromium() as running:
        yield running


@pytest.fixture(scope="module")
def session(up: Running, browser: Browser) -> StorageState:
    """The operator's session, got from the link that was printed."""
    context = open_context(browser, None)
    tab = Tab(context.new_page(), up.url)
    tab.page.goto(str(up.ready["signInUrl"]))
    tab.ready()
    assert tab.page.url == f"{up.url}/"
    kept = context.storage_state()
    context.close()
    return kept


@pytest.fixture
def visit(up: Running, browser: Browser, session: StorageState) -> Iterator[Visit]:
    """Tabs of the operator, who is signed in unless told otherwise; none of them complains."""
    with ExitStack() as stack:

        @contextmanager
        def opened(
            path: str, signed_in: StorageState | None, complaints: str | None, how: dict[str, Any]
        ) -> Generator[Tab]:
            context = open_context(browser, signed_in, **how)
            tab = Tab(context.new_page(), up.url).open(path)
            yield tab if signed_in is None else tab.ready()
            context.close()
            assert [said for said in tab.complaints if not complaints or complaints not in said] == []

        def visiting(
            path: str = "/", *, session: StorageState | None = session, complaints: str | None = None, **how: Any
        ) -> Tab:
            return stack.enter_context(opened(path, session, complaints, how))

        yield visiting


@pytest.fixture
def api(up: Running) -> Generator[httpx.Client]:
    with up.client() as client:
        yield client
