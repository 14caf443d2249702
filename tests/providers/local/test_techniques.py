"""The techniques: each unlike the others, chosen by order, by words or by chance, and true to what it claims to be."""

import hashlib
from collections import Counter
from itertools import combinations

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from daygen.providers.local.clouds import field
from daygen.providers.local.dice import Dice
from daygen.providers.local.picture import draw
from daygen.providers.local.pixel import cell_px
from daygen.providers.local.raster import Sheet
from daygen.providers.local.scene import FAMILIES, TECHNIQUES, compose
from daygen.providers.local.washes import laid

DRAWN = TECHNIQUES[1:]  # all but "auto"
OF_EACH = {
    "coast": "a lighthouse at dusk",
    "sea": "a tall ship at noon",
    "mountains": "alpine peaks at dawn",
    "desert": "dunes of the sahara",
    "city": "skyline at night",
    "forest": "birch grove in spring",
    "space": "saturn with rings",
    "interior": "a window with a chair and a plant",
    "still life": "a bowl of lemons",
    "flowers": "three tulips in a vase",
    "portrait": "a queen's profile",
    "animal": "a fox on a hill",
    "geometry": "circles and triangles",
    "typography": "the word HELLO",
}


def printed(prompt: str, technique: str, side: int = 160, seed: int = 1) -> NDArray[np.int64]:
    return np.asarray(draw(compose(prompt, seed, technique), side, side)).astype(np.int64)


def chroma(picture: NDArray[np.int64]) -> NDArray[np.int64]:
    return picture.max(axis=2) - picture.min(axis=2)


def test_every_family_is_shown_here():
    assert set(OF_EACH) == set(FAMILIES)
    assert all(compose(prompt, 1).family == family for family, prompt in OF_EACH.items())


@pytest.mark.parametrize("family", FAMILIES)
def test_no_two_techniques_print_the_same_picture(family: str):
    pictures = {technique: printed(OF_EACH[family], technique) for technique in DRAWN}

    apart = {pair: float(np.abs(pictures[pair[0]] - pictures[pair[1]]).mean()) for pair in combinations(DRAWN, 2)}

    assert min(apart.values()) > 5, min(apart, key=lambda pair: apart[pair])


@pytest.mark.parametrize(
    ("prompt", "technique"),
    [
        ("watercolor of a fox", "watercolour"),
        ("a watercolour painting of tulips", "watercolour"),
        ("lighthouse, aquarelle", "watercolour"),
        ("ink drawing of a heron", "ink"),
        ("sumi-e mountains in the mist", "ink"),
        ("bamboo, ink wash", "ink"),
        ("riso print of a city", "risograph"),
        ("a risograph poster of the alps", "risograph"),
        ("pixel art castle", "pixel"),
        ("an 8-bit rocket", "pixel"),
        ("8 bit spaceship", "pixel"),
        ("blueprint of a lighthouse", "blueprint"),
        ("cyanotype of a fern", "blueprint"),
        ("technical drawing of a train", "blueprint"),
        ("a stained glass window of a rose", "stained_glass"),
        ("stained-glass swans", "stained_glass"),
        ("linocut of an owl", "linocut"),
        ("woodcut of a great wave", "linocut"),
        ("screen print of the desert", "screenprint"),
        ("travel poster of the coast", "screenprint"),
    ],
)
def test_words_choose_the_technique(prompt: str, technique: str):
    assert {compose(prompt, seed).technique for seed in range(3)} == {technique}


def test_the_order_overrules_the_words():
    assert compose("watercolor of a fox", 1, "pixel").technique == "pixel"


@pytest.mark.parametrize(
    ("prompt", "family"),
    [
        ("a stained glass window of a rose", "flowers"),
        ("church window with a lion", "animal"),
        ("pen and ink portrait of a man", "portrait"),
        ("architectural drawing of a castle", "city"),
        ("wood engraving of a stormy sea", "sea"),
        ("video game desert", "desert"),
    ],
)
def test_how_a_picture_is_made_is_not_what_it_shows(prompt: str, family: str):
    assert compose(prompt, 1).family == family


def test_a_black_and_white_cat_keeps_its_colours():
    cat = compose("a black and white cat", 1).reading.named("cat")

    assert cat is not None
    assert set(cat.colours) == {"black", "white"}


def test_chance_gives_every_family_what_suits_it_and_mostly_the_screen_print():
    taken = {
        family: Counter(compose(f"{prompt} {number}", 1).technique for number in range(120))
        for family, prompt in OF_EACH.items()
    }

    assert all(counts.most_common(1)[0][0] in {"screenprint", "watercolour"} for counts in taken.values())
    assert all(len(counts) >= 3 for counts in taken.values())
    assert taken["geometry"].keys() == {"screenprint", "risograph", "stained_glass"}
    assert "blueprint" not in taken["flowers"]
    assert set().union(*taken.values()) == set(DRAWN)


@pytest.mark.parametrize("size", [(96, 96), (256, 256), (500, 333), (1000, 640)])
def test_pixels_lie_on_a_grid_and_are_of_few_colours(size: tuple[int, int]):
    cell = cell_px(*size)

    picture = np.asarray(draw(compose("a castle on a hill at dusk", 2, "pixel"), *size))

    corners = picture[::cell, ::cell]
    whole = np.repeat(np.repeat(corners, cell, axis=0), cell, axis=1)[: size[1], : size[0]]
    assert np.array_equal(whole, picture)
    assert len(np.unique(picture.reshape(-1, 3), axis=0)) <= 24


def test_letters_can_be_read_in_pixels():
    def dark(technique: str) -> NDArray[np.bool_]:
        picture = draw(compose("the word HELLO", 1, technique), 512, 512).resize((128, 128), Image.Resampling.BOX)
        light = np.asarray(picture.convert("L")).astype(np.int64)
        return light < (int(light.min()) + int(light.max())) // 2

    letters, pixels = dark("screenprint"), dark("pixel")

    assert 0.05 < letters.mean() < 0.5
    assert (letters == pixels).mean() > 0.96


@pytest.mark.parametrize("family", FAMILIES)
def test_a_blueprint_is_white_lines_on_blue(family: str):
    picture = printed(OF_EACH[family], "blueprint", 320)

    blue = picture[:, :, 2] - picture[:, :, 0]
    assert (blue > 25).mean() > 0.6
    assert 0.003 < (picture.min(axis=2) > 170).mean() < 0.3


@pytest.mark.parametrize("family", FAMILIES)
def test_an_ink_drawing_is_grey_but_for_its_accent(family: str):
    picture = printed(OF_EACH[family], "ink", 240)

    assert (chroma(picture) > 60).mean() < 0.3
    assert (chroma(picture) > 100).mean() > 0.001, "there is a seal at least"


@pytest.mark.parametrize("family", FAMILIES)
def test_glass_is_held_by_lead_all_over_the_picture(family: str):
    picture = printed(OF_EACH[family], "stained_glass", 320)

    lead = (picture.max(axis=2) < 80) & (chroma(picture) < 26)
    parts = lead.reshape(4, 80, 4, 80).mean(axis=(1, 3))
    assert parts.min() > 0.004
    assert lead.mean() < 0.5


def test_a_watercolour_leaves_its_paper_bare_at_the_edges_and_dries_darker_at_its_rim():
    picture = printed("a blue circle", "watercolour", 400).sum(axis=2)

    assert picture[:6].min() > 3 * 215
    rows = picture[:, 100:300].mean(axis=1)
    rim = int(rows[:40].argmin())
    assert rows[rim] < rows[rim + 12]


def test_a_risograph_is_dots_of_few_inks_on_paper():
    picture = printed("alpine peaks at dawn", "risograph", 640)

    paper = (np.abs(picture - np.array((246, 241, 228))).max(axis=2) < 8).mean()
    fine = np.abs(np.diff(picture.sum(axis=2), axis=1)).mean()
    smooth = np.abs(np.diff(printed("alpine peaks at dawn", "screenprint", 640).sum(axis=2), axis=1)).mean()
    assert paper > 0.02
    assert fine > 3 * smooth


def test_washes_are_the_same_on_every_machine():
    sheet = Sheet(64, 48, Dice(42))
    clouds = np.asarray(field(Dice(42), "clouds", sheet, 7.0).rows(next(sheet.bands())))

    painted = laid(np.stack([clouds] * 3, axis=2), clouds.astype(np.float32) / np.float32(100), (251, 247, 236))

    assert hashlib.sha256(clouds.tobytes()).hexdigest()[:12] == "402289c852b6"
    assert hashlib.sha256(painted.tobytes()).hexdigest()[:12] == "a49d7a39d0d6"
