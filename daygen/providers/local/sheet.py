"""A contact sheet: what the printmaker makes of many prompts, side by side.

    python -m daygen.providers.local.sheet OUT [--prompts FILE] [--seed N] [--side PIXELS] [--columns N] [--captions]

OUT is a picture file of any kind Pillow writes; FILE has one prompt a line.
"""

import argparse
from collections.abc import Sequence
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from daygen.providers.local.picture import draw
from daygen.providers.local.scene import compose

PROMPTS = (
    "a lighthouse at dusk, two boats", "tropical beach at sunset", "harbour in the morning fog",
    "a pagoda in the mist", "a train through the alps", "the great wave, mount fuji",
    "a tall ship at golden hour", "arctic icebergs", "coral reef underwater", "a submarine in the deep sea",
    "alpine peaks at dawn", "mountain lake reflected, low sun", "tuscan hills with cypresses",
    "a volcano under the milky way", "hot air balloons over the hills", "misty ridges, blue hour",
    "snowy mountains, a cabin with lit windows", "dunes of the sahara, a caravan at sunset",
    "monument valley, cactus", "pyramids of egypt at noon", "neon tokyo at night in the rain",
    "brooklyn bridge in fog", "paris rooftops at dawn", "old town in winter", "a castle on a hill",
    "ufo over the city at night", "forest in autumn fog", "birch grove in spring", "pine forest under the aurora",
    "a waterfall in the jungle", "cherry blossom park", "fireflies in the woods at night", "saturn with rings",
    "spiral galaxy", "a nebula", "astronaut on the moon", "a rocket among planets", "solar system", "the moon",
    "a bowl of lemons", "still life with pears, a bottle and a candle", "coffee and books by the window, rain",
    "five oranges on a blue table", "watermelon and a jug", "three tulips in a vase",
    "sunflower field at golden hour", "red poppies", "lavender fields in provence", "bouquet of wildflowers",
    "white daisies in a blue vase", "roses at night", "a window with a chair and a plant", "a library with a lamp",
    "a room with a fireplace", "bedroom at night, city lights", "a piano in the afternoon", "a queen's profile",
    "portrait of an old man with a hat", "woman with curly hair", "double exposure of a woman and a forest",
    "king and queen", "an astronaut", "a hiker on a mountain ridge", "couple on the beach at sunset",
    "a girl with a red umbrella in the rain", "a black cat", "a cat asleep at the window",
    "a fox in a snowy forest at night", "a horse at sunset", "an owl under a full moon", "a whale at night",
    "two swans on a lake at dawn", "a stag in the autumn forest", "a wolf howling at the moon",
    "three elephants, golden hour", "a monarch butterfly", "koi underwater", "a heron in the mist",
    "polar bear in the snow", "a robin on a branch in winter", "circles and triangles", "bauhaus", "mondrian grid",
    "isometric cubes", "art deco sunburst", "a spiral of dots", "mid-century pattern of arches",
    "solar eclipse", "the word HELLO", "'make it new'", "typography poster about coffee",
    "the word SEA over the ocean at sunset", "the theory of everything",
    "linocut of a stormy sea", "watercolour of a fishing boat", "ink drawing of bamboo", "riso print of a flamingo",
    "pixel art castle at night", "blueprint of a sailing ship", "stained glass window of a rose",
)  # fmt: skip
_GAP = 0.035  # between tiles, in tiles
_CAPTION = 0.1
_PAPER = (244, 241, 234)
_TWICE = 2  # tiles are printed larger and made small, as one would see them


def sheet(prompts: Sequence[str], seed: int, side: int, columns: int, *, captions: bool = False) -> Image.Image:
    """Print every prompt on a tile of `side` pixels, row by row; captions name the prompt and its family."""
    gap = max(2, round(side * _GAP))
    foot = round(side * _CAPTION) if captions else 0
    rows = -(-len(prompts) // columns)
    made = Image.new("RGB", (columns * (side + gap) + gap, rows * (side + gap + foot) + gap), _PAPER)
    pen, font = ImageDraw.Draw(made), ImageFont.load_default(max(8.0, side * 0.05))
    for index, prompt in enumerate(prompts):
        scene = compose(prompt, seed)
        tile = draw(scene, side * _TWICE, side * _TWICE).resize((side, side), Image.Resampling.LANCZOS)
        x, y = gap + index % columns * (side + gap), gap + index // columns * (side + gap + foot)
        made.paste(tile, (x, y))
        if captions:
            pen.text((x, y + side + foot * 0.2), f"{prompt[:38]} [{scene.family}]", fill=(40, 36, 36), font=font)
    return made


def main() -> None:
    """Read the command line and write the sheet."""
    asked = argparse.ArgumentParser(prog="daygen.providers.local.sheet", description="A contact sheet of prints.")
    asked.add_argument("out", type=Path)
    asked.add_argument("--prompts", type=Path)
    asked.add_argument("--seed", type=int, default=1)
    asked.add_argument("--side", type=int, default=160)
    asked.add_argument("--columns", type=int, default=10)
    asked.add_argument("--captions", action="store_true")
    given = asked.parse_args()
    lines = given.prompts.read_text().splitlines() if given.prompts else PROMPTS
    prompts = [line.strip() for line in lines if line.strip()]
    sheet(prompts, given.seed, given.side, given.columns, captions=given.captions).save(given.out, quality=82, method=6)


if __name__ == "__main__":
    main()
