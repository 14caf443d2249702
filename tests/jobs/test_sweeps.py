"""A text with choices in braces stands for each of them."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from daygen.jobs import sweeps


@pytest.mark.parametrize(
    ("text", "stands_for"),
    [
        ("a {red|blue} boat", ["a red boat", "a blue boat"]),
        ("{a|b} {1|2|3}", ["a 1", "a 2", "a 3", "b 1", "b 2", "b 3"]),
        ("a {|very }big {boat}", ["a big boat", "a very big boat"]),
        ("one boat", ["one boat"]),
        ("", [""]),
        ("this | that", ["this | that"]),
        (r"a \{red|blue\} boat", ["a {red|blue} boat"]),
        (r"{a\|b|\{c\}} \\ c:\boats", ["a|b \\ c:\\boats", "{c} \\ c:\\boats"]),
        ("{\n|\t}{é|日}", ["\né", "\n日", "\té", "\t日"]),
    ],
)
def test_braces_are_choices(text: str, stands_for: list[str]):
    assert sweeps.wordings(text, 100) == stands_for


@pytest.mark.parametrize(
    "text", ["a {red", "a red}", "{a{b|c}}", "{a}}", r"{a\}", "{1|2|3|4|5|6|7|8|9|0}{a|b}", "{a|b}" * 50_000]
)
def test_braces_that_make_no_sense_or_stand_for_too_many_are_refused(text: str):
    with pytest.raises(sweeps.Unreadable):
        sweeps.wordings(text, 19)


WORDS = st.text(max_size=8)


@given(st.lists(st.lists(WORDS, min_size=1, max_size=4), max_size=3), WORDS)
def test_whatever_is_written_with_backslashes_comes_back_as_it_is(choices: list[list[str]], between: str):
    def written(text: str) -> str:
        return "".join(f"\\{letter}" if letter in r"{}|" + "\\" else letter for letter in text)

    text = written(between).join("{" + "|".join(map(written, choice)) + "}" for choice in choices)

    assert sweeps.wordings(text, 100) == [between.join(chosen) for chosen in itertools.product(*choices)]


def test_every_text_of_an_input_is_read_and_the_last_changes_first():
    given_ = {"prompt": "{a|b}", "seed": 7, "technique": "{x|y}", "image": {"assetId": "{z|z}"}}

    swept = sweeps.inputs(given_, 4)

    assert [(one["prompt"], one["technique"]) for one in swept] == [("a", "x"), ("a", "y"), ("b", "x"), ("b", "y")]
    assert all((one["seed"], one["image"]) == (7, {"assetId": "{z|z}"}) for one in swept)
    with pytest.raises(sweeps.Unreadable) as refused:
        sweeps.inputs(given_, 3)
    assert refused.value.field == "technique"
