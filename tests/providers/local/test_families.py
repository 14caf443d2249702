"""What the words of a prompt become: a family, a place, things with their number and colour, letters."""

from itertools import combinations

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from daygen.providers.local import families
from daygen.providers.local.colour import lab
from daygen.providers.local.creatures import CREATURES, height_of, parts_of
from daygen.providers.local.letters import GLYPHS, line
from daygen.providers.local.picture import draw
from daygen.providers.local.plates import Frame, Land, Shapes, Sky, Water
from daygen.providers.local.scene import FAMILIES, Scene, compose
from daygen.providers.local.sheet import sheet
from daygen.providers.local.words import read

SQUARE = Frame(1.0, 1.0)
REACHED_BY = {
    "coast": (
        "a lighthouse over the waves",
        "tropical beach",
        "fishing boats in the harbour",
        "seagulls over the pier",
    ),
    "sea": ("the open sea", "a great wave", "coral reef underwater", "a pirate ship on the ocean"),
    "mountains": ("alpine peaks above a glacier", "tuscan hills", "mount fuji", "a comet over the mountains"),
    "desert": ("dunes of the sahara", "cactus canyon in arizona", "pyramids", "a camel caravan in the desert"),
    "city": ("neon skyscrapers in tokyo", "old town in winter", "a castle", "city windows at night"),
    "forest": ("birches in the forest", "cherry blossom park", "a waterfall in the jungle"),
    "space": ("saturn with rings", "spiral galaxy", "the moon", "astronaut on the moon", "a nebula"),
    "interior": ("a window with a chair and a plant", "a lamp and bookshelves", "cosy room with a fireplace"),
    "still life": ("a bowl of lemons", "still life with pears", "a cup of coffee and a book", "five oranges"),
    "flowers": ("three tulips in a vase", "field of poppies", "a rose", "bouquet of wildflowers"),
    "portrait": ("a queen's profile", "portrait of a man", "a hiker on a mountain ridge", "an astronaut"),
    "animal": ("a fox in a snowy forest at night", "a black cat", "a whale in the sea", "an owl", "🐈 🌙"),
    "geometry": ("circles and triangles", "bauhaus", "abstract composition", "op art stripes", "mondrian"),
    "typography": ("the word HELLO", "'make it new'", "typography poster about coffee", "“SEA” over the ocean"),
}


def near_and_far(prompt: str, seed: int = 1) -> tuple[NDArray[np.int64], Scene]:
    scene = compose(prompt, seed, "screenprint")
    picture = draw(scene, 128, 128).resize((16, 16), Image.Resampling.BOX)
    return np.asarray(picture).astype(np.int64), scene


@pytest.mark.parametrize(("family", "prompt"), [(name, one) for name, all_ in REACHED_BY.items() for one in all_])
def test_every_family_is_reached_by_its_words(family: str, prompt: str):
    assert compose(prompt, 1).family == family


def test_no_family_is_left_out():
    assert set(REACHED_BY) == set(FAMILIES)


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("frame", [SQUARE, Frame(2.4, 1.0), Frame(1.0, 2.4)])
def test_plates_begin_with_a_sky_and_are_finite(family: str, frame: Frame):
    for seed in range(4):
        plates = families.plates(compose(REACHED_BY[family][seed % 3], seed), frame)

        assert isinstance(plates[0], Sky)
        for plate in plates:
            if isinstance(plate, Shapes):
                assert all(polygon.ndim == 2 and np.isfinite(polygon).all() for polygon in plate.polygons)
                assert 0 < plate.alpha <= 1


def test_one_prompt_of_each_family_makes_a_picture_of_its_own():
    pictures = {family: near_and_far(prompts[0])[0] for family, prompts in REACHED_BY.items()}

    distances = {pair: np.abs(pictures[pair[0]] - pictures[pair[1]]).mean() for pair in combinations(FAMILIES, 2)}

    assert min(distances.values()) > 10, min(distances, key=lambda pair: distances[pair])


def test_an_animal_stands_in_the_place_that_is_named():
    scene = compose("a fox in a snowy forest at night", 1)

    assert (scene.family, scene.reading.place) == ("animal", "forest")
    assert scene.palette.night
    alone = families.plates(compose("a dog at night", 1, "screenprint"), SQUARE)
    wooded = families.plates(compose("a dog at night, forest", 1, "screenprint"), SQUARE)
    assert len([plate for plate in wooded if isinstance(plate, Land)]) > len([p for p in alone if isinstance(p, Land)])


def test_a_swan_swims_on_water_and_a_cat_does_not():
    swan, cat = (families.plates(compose(prompt, 1), SQUARE) for prompt in ("a swan", "a cat on a hill"))

    assert any(isinstance(plate, Water) for plate in swan)
    assert not any(isinstance(plate, Water) for plate in cat)


@pytest.mark.parametrize(
    ("prompt", "name", "count", "colours"),
    [
        ("three red tulips in a blue vase", "tulip", 3, ("red",)),
        ("three red tulips in a blue vase", "jug", 1, ("blue",)),
        ("a black cat", "cat", 1, ("black",)),
        ("two white swans at dawn", "swan", 2, ("white",)),
        ("a bowl of lemons", "lemon", None, ()),
    ],
)
def test_things_keep_their_number_and_their_colour(prompt: str, name: str, count: int | None, colours: tuple[str, ...]):
    thing = read(prompt).named(name)

    assert thing is not None
    assert (thing.count, thing.colours) == (count, colours)


def test_the_colour_of_a_thing_is_not_the_colour_of_the_picture():
    assert read("a red fox").colours == ()
    assert read("a red fox, blue sky").colours == ("blue",)
    assert read("orange sunset").colours == ("orange",)
    assert read("an orange on a plate").colours == ()


def test_as_many_animals_are_drawn_as_are_said():
    def eyes(prompt: str) -> int:
        plates = families.plates(compose(prompt, 1), SQUARE)
        own = len(parts_of("fox")["eye"])
        shapes = [plate for plate in plates if isinstance(plate, Shapes) and plate.depth == 1.0]
        small = [plate for plate in shapes if all(0.001 < np.ptp(part[:, 0]) < 0.03 for part in plate.polygons)]
        return sum(1 for plate in small if len(plate.polygons) == own)

    assert eyes("four foxes on a hill") - eyes("two foxes on a hill") == 2


@pytest.mark.parametrize("name", CREATURES)
def test_every_creature_has_a_body_about_as_tall_as_it_says(name: str):
    body = np.concatenate(parts_of(name)["body"])

    assert np.isfinite(body).all()
    assert 0.5 < np.ptp(body[:, 1]) / height_of(name) < 1.6


@pytest.mark.parametrize(
    ("prompt", "letters"),
    [
        ("the word hello", "HELLO"),
        ("a poster that says 'make it new'", "MAKE IT NEW"),
        ("“Sea” over the ocean", "SEA"),
        ("the words good night in a forest", "GOOD NIGHT"),
        ("typography poster about coffee", "COFFEE"),
        ("lettering: „ÜBER MÜDE“", "UBER MUDE"),
        ("typography 日本", "ABC"),
        ("the sailor's knot", None),
        ("it's a dog's life", None),
        ("mountains", None),
    ],
)
def test_words_that_want_to_be_seen_are_set(prompt: str, letters: str | None):
    assert read(prompt).lettering == letters


def test_letters_fill_their_box_and_differ():
    drawn = {sign: np.concatenate(line(sign, (0.0, 0.0, 1.0, 1.0), 0.2)) for sign in GLYPHS if GLYPHS[sign][0] > 0}

    for sign, points in drawn.items():
        assert points.min() > -0.1, sign
        assert points.max() < 1.1, sign
    outlines = {points.round(4).tobytes() for sign, points in drawn.items() if sign != "0"}  # a nought is an O
    assert len(outlines) == len(drawn) - 1


def test_fog_mutes_the_colours_of_a_season_but_does_not_take_them_away():
    def colourful(prompt: str) -> float:
        palettes = [compose(prompt, seed).palette for seed in range(12)]
        return float(np.mean([np.hypot(*lab(ink)[1:]) for own in palettes for ink in (own.top, own.middle, own.far)]))

    clear, fog, grey = (colourful(f"a forest in {weather}") for weather in ("autumn", "autumn fog", "fog"))

    assert clear > fog * 1.1
    assert fog > grey * 1.5
    assert all(lab(compose("a forest in autumn fog", seed).palette.middle)[2] > 0.02 for seed in range(6))
    assert all(lab(compose("purple mountains in fog", seed).palette.far)[1] > 0.02 for seed in range(6))


def test_every_school_lays_out_its_shapes_in_its_own_way():
    schools = ("bauhaus", "malevich", "kandinsky", "building blocks, geometric", "mondrian", "calder")
    pictures = {school: near_and_far(school)[0] for school in schools}

    apart = {pair: np.abs(pictures[pair[0]] - pictures[pair[1]]).mean() for pair in combinations(schools, 2)}
    assert min(apart.values()) > 10, min(apart, key=lambda pair: apart[pair])


def test_a_bowl_stands_before_walls_of_more_than_one_kind():
    walls = [families.plates(compose("a bowl of lemons", seed), SQUARE)[1] for seed in range(12)]

    kinds = {(type(wall), len(wall.polygons) if isinstance(wall, Shapes) else 0) for wall in walls}
    assert len(kinds) >= 3


def test_emoji_are_read_by_their_names():
    assert read("🦊🌲").named("fox") is not None
    assert compose("🌻", 1).family == "flowers"


def test_a_place_named_beside_a_room_is_seen_out_of_its_window():
    for prompt in (
        "a window with a view of the sea",
        "a cat at the window, the sea outside",
        "coffee by the window, sea",
    ):
        scene = compose(prompt, 1)

        assert scene.reading.outlook == "sea"
        assert any(isinstance(plate, Water) for plate in families.plates(scene, SQUARE)), prompt


def test_a_contact_sheet_shows_every_prompt_on_a_tile_of_its_own():
    printed = np.asarray(sheet(["night sea", "red circle", "a fox"], 1, 48, 2)).astype(np.int64)

    tiles = [printed[y : y + 48, x : x + 48] for y, x in ((2, 2), (2, 52), (52, 2))]
    assert printed.shape[:2] == (102, 102)
    assert all(np.abs(one - other).mean() > 10 for one, other in combinations(tiles, 2))
    assert printed[52:100, 52:100].std(axis=(0, 1)).max() == 0
