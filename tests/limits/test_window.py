"""The sliding minute: no 60 seconds ever hold more than the limit, and the wait it names is exact."""

from hypothesis import given
from hypothesis import strategies as st

from daygen.limits import Window

EMPTY = (0,) * 61


def admitted(limit: int, seconds: list[int]) -> list[int]:
    """The seconds of those requests that got in."""
    window, inside = Window(limit, 0, EMPTY), list[int]()
    for second in seconds:
        window = window.at(second)
        if window.has_room_for(1):
            window = window.with_more()
            inside.append(second)
    return inside


@given(st.integers(1, 20), st.lists(st.integers(0, 4), max_size=300))
def test_no_minute_holds_more_than_the_limit(limit: int, pauses: list[int]):
    seconds = [1_000 + sum(pauses[: n + 1]) for n in range(len(pauses))]

    inside = admitted(limit, seconds)

    for start in inside:
        assert sum(start <= second <= start + 60 for second in inside) <= limit


@given(st.integers(1, 5), st.lists(st.integers(0, 30), min_size=1, max_size=60))
def test_the_wait_is_exact_to_the_second(limit: int, pauses: list[int]):
    window = Window(limit, 1_000, EMPTY)
    for pause in pauses:
        window = window.at(window.second + pause)
        if not window.has_room_for(1):
            wait = window.frees_in_s
            assert not window.at(window.second + wait - 1).has_room_for(1)
            assert window.at(window.second + wait).has_room_for(1)
        else:
            window = window.with_more()


@given(st.integers(1, 40), st.lists(st.integers(0, 30), min_size=1, max_size=60), st.integers(1, 40))
def test_the_wait_for_several_is_exact_to_the_second(limit: int, pauses: list[int], several: int):
    several = min(several, limit)
    window = Window(limit, 1_000, EMPTY)
    for pause in pauses:
        window = window.at(window.second + pause)
        if window.has_room_for(several):
            window = window.with_more(several)
        else:
            wait = window.has_room_in_s(several)
            assert not window.at(window.second + wait - 1).has_room_for(several)
            assert window.at(window.second + wait).has_room_for(several)


def test_a_clock_set_back_changes_nothing():
    window = Window(10, 1_000, EMPTY).with_more()

    assert window.at(900) == window


def test_without_a_limit_it_is_never_full_and_says_nothing():
    window = Window(None, 0, EMPTY)

    assert (window.has_room_for(1), window.frees_in_s, window.headers()) == (True, 0, {})
