"""What a print looks like: the same twice, different for different words, and whole at every size."""

import hashlib
import itertools
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from daygen.providers.local.dice import Dice
from daygen.providers.local.keepsake import read_from
from daygen.providers.local.picture import draw, make
from daygen.providers.local.recipe import ForeignPicture, Recipe, parsed
from daygen.providers.local.scene import FAMILIES, TECHNIQUES, Strength, Technique, Variation, compose

PROMPTS = (
    "a lighthouse at dusk",
    "two sailboats, golden hour",
    "ridge lines at blue hour, low sun disc",
    "desert dunes at sunset",
    "city skyline at night",
    "old town in winter",
    "pine forest in fog",
    "cherry blossom park",
    "a cat asleep on a piano",
    "the theory of everything",
    "linocut of a stormy sea",
    "purple mountains under the aurora",
)

DRAWN = TECHNIQUES[1:]  # all but "auto"

_ONE_PRINT = """
import sys
from pathlib import Path
from daygen.providers.local.picture import make
from daygen.providers.local.recipe import Recipe
make(Recipe(sys.argv[1], 7, 200, 144, sys.argv[2]), Path(sys.argv[3]))
"""


def small(prompt: str, seed: int = 1, technique: str = "auto", *steps: Variation) -> NDArray[np.int64]:
    picture = draw(compose(prompt, seed, technique, steps), 192, 192)
    return np.asarray(picture.resize((24, 24), Image.Resampling.BOX)).astype(np.int64)


def apart(one: NDArray[np.int64], other: NDArray[np.int64]) -> float:
    """Mean difference of two small pictures, 0 to 255."""
    return float(np.abs(one - other).mean())


@pytest.mark.parametrize("technique", DRAWN)
def test_the_same_order_is_the_same_bytes_in_another_process(tmp_path: Path, technique: Technique):
    prompt = "harbour at night, two boats, stars"
    there, here = tmp_path / "there.png", tmp_path / "here.png"

    subprocess.run([sys.executable, "-c", _ONE_PRINT, prompt, technique, str(there)], check=True)
    make(Recipe("a first print, so that nothing is fresh here", 3, 64, 64), here)
    make(Recipe(prompt, 7, 200, 144, technique), here)

    assert here.read_bytes() == there.read_bytes()


def test_draws_are_the_same_on_every_machine():
    dice = Dice(42).nudged(7, 0.25)

    drawn = dice.lattice("numbers", np.arange(-3, 5, dtype=np.int64))

    assert [dice.unit("numbers", index) for index in range(-3, 5)] == drawn.tolist()
    assert hashlib.sha256(drawn.tobytes()).hexdigest()[:12] == "902874ddeff0"


def test_different_prompts_are_clearly_different_pictures():
    pictures = {prompt: small(prompt) for prompt in PROMPTS}

    distances = {pair: apart(pictures[pair[0]], pictures[pair[1]]) for pair in itertools.combinations(PROMPTS, 2)}

    assert min(distances.values()) > 14, min(distances, key=lambda pair: distances[pair])


def test_seeds_of_one_prompt_differ_but_keep_its_family():
    pictures = [small("ridge lines at blue hour", seed) for seed in range(4)]

    assert min(apart(one, other) for one, other in itertools.combinations(pictures, 2)) > 6
    assert {compose("ridge lines at blue hour", seed).family for seed in range(4)} == {"mountains"}


def test_case_and_spacing_make_no_other_picture():
    assert apart(small("A Lighthouse  at DUSK "), small("a lighthouse at dusk")) == 0


def test_an_unknown_word_still_makes_another_picture():
    assert apart(small("blorf at noon"), small("glimp at noon")) > 6


@pytest.mark.parametrize(
    ("prompt", "family"),
    [
        ("a lighthouse over the waves", "coast"),
        ("alpine peaks above a glacier", "mountains"),
        ("neon skyscrapers in tokyo", "city"),
        ("birches in the forest", "forest"),
        ("dunes of the sahara", "desert"),
    ],
)
def test_words_choose_the_family(prompt: str, family: str):
    assert compose(prompt, 1).family == family


def test_night_is_darker_than_day_and_red_is_redder_than_blue():
    night, day = small("mountains at night"), small("mountains at noon")
    red, blue = small("red mountains at noon"), small("blue mountains at noon")

    assert night.mean() + 30 < day.mean()
    assert (red[..., 0] - red[..., 2]).mean() > (blue[..., 0] - blue[..., 2]).mean() + 20


ODD_SIZES = [(16, 16), (64, 1024), (1024, 64), (333, 517)]


def every_size() -> Iterator[Any]:
    """Every size with every family in every technique; the short form has one size for each pair of these, in turn."""
    for at, (family, technique) in enumerate(itertools.product(FAMILIES, DRAWN)):
        for turn, size in enumerate(ODD_SIZES):
            its_turn = turn == (at + at // len(DRAWN)) % len(ODD_SIZES)
            yield pytest.param(family, technique, size, marks=[] if its_turn else [pytest.mark.long])


@pytest.mark.parametrize(("family", "technique", "size"), [*every_size()])
def test_every_size_is_filled(family: str, technique: str, size: tuple[int, int]):
    words = {
        "coast": "harbour",
        "mountains": "peaks",
        "city": "skyline",
        "flowers": "tulips",
        "animal": "two foxes",
        "portrait": "queen",
        "geometry": "circles and squares",
        "typography": "'hi there'",
    }
    scene = compose(f"{words.get(family, family)}, snow", 5, technique)
    shares: list[float] = []

    picture = draw(scene, *size, shares.append)

    assert scene.family == family

    assert picture.size == size
    assert np.asarray(picture).std() > 4
    assert shares == sorted(shares)
    assert shares[-1] == 1.0


@pytest.mark.parametrize("technique", DRAWN)
def test_a_larger_print_is_the_same_picture(technique: Technique):
    scene = compose("a lighthouse at dusk, two boats", 4, technique)

    little = np.asarray(draw(scene, 320, 240).resize((40, 30), Image.Resampling.BOX)).astype(np.int64)
    large = np.asarray(draw(scene, 1280, 960).resize((40, 30), Image.Resampling.BOX)).astype(np.int64)

    thinner = technique in {"linocut", "blueprint"}  # whose lines are never finer than one can see
    assert np.abs(little - large).mean() < (7 if thinner else 3)
    assert np.corrcoef(little.ravel(), large.ravel())[0, 1] > 0.97


def test_the_largest_print_is_made(tmp_path: Path):
    path = tmp_path / "large.png"

    make(Recipe("misty ridges at dawn", 2, 4096, 4096, "screenprint"), path)

    with Image.open(path) as image:
        assert image.size == (4096, 4096)


@pytest.mark.parametrize(
    "prompt",
    [
        "",
        " ",
        "🐈‍⬛🌊🌙",
        "a" * 40_000,
        "word " * 8_000,
        "\ud800 alone",
        "日本の海、夜明け",
        "\x01\x7f\u202e",
        "море на закате",
    ],
)
def test_any_text_is_a_picture_and_fits_in_its_recipe(prompt: str, tmp_path: Path):
    path = tmp_path / "any.png"

    make(Recipe(prompt, -5, 48, 48), path)

    assert read_from(path).prompt == prompt


def test_a_print_carries_its_recipe(tmp_path: Path):
    path = tmp_path / "print.png"
    recipe = Recipe("a lighthouse", 9, 96, 64, "linocut", (Variation(3, "strong"), Variation(-4, "subtle")))

    make(recipe, path)

    assert read_from(path) == recipe


def test_a_subtle_variation_is_nearer_than_a_strong_one():
    def distances(strength: Strength) -> list[float]:
        start = small("sailboats at golden hour", 3, "screenprint")
        return [
            apart(start, small("sailboats at golden hour", 3, "screenprint", Variation(seed, strength)))
            for seed in range(4)
        ]

    subtle, strong = distances("subtle"), distances("strong")

    assert min(subtle) > 1
    assert max(subtle) < min(strong)


def test_a_variation_of_a_variation_moves_on():
    one, other = Variation(1, "subtle"), Variation(2, "subtle")

    assert apart(small("hills", 1, "auto", one), small("hills", 1, "auto", one, other)) > 1


@pytest.mark.parametrize(
    "text",
    [
        "", "[]", "nonsense", "{}", '{"version": 1}', "[" * 100_000,
        Recipe("x", 1, 64, 64).text().replace("64", "100000"),
        Recipe("x", 1, 64, 64).text().replace('"version": 1', '"version": 3'),
        Recipe("x", 1, 64, 64).text().replace("auto", "photograph"),
        Recipe("x", 1, 64, 64).text().replace('"seed": 1', '"seed": true'),
    ],
)  # fmt: skip
def test_a_recipe_we_did_not_write_is_foreign(text: str):
    with pytest.raises(ForeignPicture):
        parsed(text)


def test_a_picture_of_somebody_else_is_foreign(tmp_path: Path):
    plain, cut, other = tmp_path / "plain.png", tmp_path / "cut.png", tmp_path / "other.jpg"
    Image.new("RGB", (32, 32)).save(plain)
    cut.write_bytes(plain.read_bytes()[:20])
    Image.new("RGB", (32, 32)).save(other)

    for path in (plain, cut, other):
        with pytest.raises(ForeignPicture):
            read_from(path)
