"""What the words of a prompt ask for, as far as a printmaker can draw it; the rest steers by its sound alone."""

import re
import unicodedata
from dataclasses import dataclass

from daygen.providers.local.colour import HUES

FAMILIES = ("coast", "mountains", "city", "woods")
_MOST_WORDS = 4000  # what is written after that still steers the dice, but is not read


def _lists(**lists: str) -> dict[str, tuple[str, ...]]:
    return {name: tuple(" ".join(part.split()) for part in text.split(",")) for name, text in lists.items()}


_FAMILY = _lists(
    coast="""
        sea, coast, ocean, beach, shore, lighthouse, boat, ship, sail, sailboat, harbour, harbor, port, bay, cliff,
        wave, island, isle, pier, surf, tide, lagoon, fjord, regatta, yacht, fisherman, fishing, whale, gull,
        seagull, mermaid, anchor, sailor, marine, water, reef, dolphin, swim, coastline, seaside, beacon, captain,
        atlantic, pacific, mediterranean, palm, tropical, caribbean, hawaii, nautical, horizon, vessel, ferry, fish,
        seascape, breakwater
    """,
    mountains="""
        mountain, ridge, peak, hill, alps, alpine, summit, valley, range, canyon, desert, dune, mesa, volcano,
        cliff, highland, everest, fuji, himalaya, andes, plateau, sahara, glacier, terrace, terraced, meadow, field,
        countryside, tuscany, prairie, steppe, landscape, cactus, oasis, camel, pyramid, mars, vineyard, farm,
        lavender, wheat, hiking, climber, rock, butte, arizona, nomad, sand, cypress, pass, crag, scotland,
        patagonia, dolomites, moor, planet, lake, spaceship, rocket, astronaut, balloon
    """,
    city="""
        city, skyline, street, skyscraper, tower, building, downtown, metropolis, urban, town, rooftop, roof,
        apartment, window, neon, traffic, tokyo, york, manhattan, paris, london, chicago, shanghai, cyberpunk,
        bridge, subway, train, alley, office, house, architecture, cityscape, market, cafe, castle, village, temple,
        berlin, hongkong, city lights, cathedral, taxi, crane, factory, industrial, robot, futuristic, car,
        station, museum, jazz, venice
    """,
    woods="""
        forest, wood, tree, pine, fir, spruce, birch, oak, jungle, woodland, grove, park, cabin, campfire, deer,
        fox, wolf, bear, owl, path, trail, leaf, leave, moss, mushroom, fern, bamboo, sequoia, redwood, taiga, camp,
        tent, rabbit, fairy, blossom, orchard, garden, cherry, sakura, maple, river, stream, creek, waterfall, bird,
        lantern, hut, elf, dragon, witch, stag, firefly, willow, flower, nature, wild, hare, badger, clearing,
        glade, thicket, swamp, aspen
    """,
)
_TIME = _lists(
    dawn="dawn, sunrise, daybreak, first light, early morning, morning",
    blue="blue hour, twilight",
    golden="golden hour, late afternoon, afternoon, magic hour",
    sunset="sunset, sundown, afterglow, setting sun",
    dusk="dusk, evening, gloaming, nightfall",
    day="day, noon, midday, daytime, daylight, midmorning, sunny, sunlit, blue sky",
    night="""
        night, midnight, moonlight, moonlit, moon, stars, starry, starlight, nocturne, nocturnal, aurora, northern
        lights, milky way, neon, galaxy, firefly, nighttime, constellation
    """,
)
_WEATHER = _lists(
    fog="fog, foggy, mist, misty, haze, hazy, foggy morning, smog, smoke",
    rain="rain, rainy, raining, drizzle, downpour, shower, monsoon, wet",
    snow="snow, snowfall, snowing, blizzard, snowflake",
    storm="storm, stormy, thunder, thunderstorm, lightning, tempest, gale, hurricane, dramatic",
    cloud="cloud, cloudy, overcast, clouds",
    clear="clear, cloudless",
)
_SEASON = _lists(
    winter="""
        winter, wintry, frozen, ice, icy, frost, frosty, christmas, arctic, snow, snowy, blizzard, december, january
    """,
    autumn="autumn, fall, autumnal, october, november, harvest, fall colours, fall colors, maple",
    spring="spring, april, blossom, blooming, bloom, sakura, cherry, easter, springtime",
    summer="summer, july, august, summertime",
)
_TRAITS = _lists(
    linocut="""
        linocut, lino, linoprint, woodcut, woodblock, block print, engraving, etching, carved, relief print, ink,
        black and white, wood engraving, scratchboard, lithograph, ukiyo-e, drypoint
    """,
    screen="""
        screen print, screenprint, screen-printed, silkscreen, serigraph, risograph, riso, poster, grain, grainy,
        vector, flat, misregistration, travel poster, gradient, separation
    """,
    low_light="""
        low sun, low moon, low sun disc, sun on the horizon, rising sun, setting sun, sunrise, sunset, sundown
    """,
    high_light="high sun, noon, midday, overhead",
    big_light="""
        big sun, huge sun, big moon, huge moon, giant moon, full moon, large sun, supermoon, giant sun
    """,
    crescent="crescent, crescent moon, new moon, sickle moon",
    moon="moon, moonlight, moonlit, moonrise",
    sun="sun, sunrise, sunset, sunny, sunlit, sunlight, sundown",
    wide="""
        wide, panorama, panoramic, vast, endless, distant, far away, minimal, minimalist, empty, minimalism, lonely
    """,
    close="close, close-up, closeup, detail, near, intimate",
    reflected="""
        reflected, reflection, mirror, mirrored, lake, pond, calm, still water, glassy, puddle, harbour, harbor,
        canal
    """,
    lightning="lightning, thunder, thunderstorm, thunderbolt",
    neon="neon, cyberpunk, nightclub, arcade",
    cypress="cypress, cypresses, tuscany, tuscan, poplar, poplars",
    bamboo="bamboo, bamboo forest",
    harbour="harbour, harbor, port, pier, marina",
    calm="calm, still, quiet, serene, peaceful, tranquil, glassy",
    rough="wave, waves, rough, surf, swell, stormy, storm, choppy, tsunami, wild",
    lighthouse="lighthouse, beacon",
    boat="""
        boat, sailboat, ship, sail, yacht, vessel, sailing, fishing boat, regatta, ferry, fisherman, sailor, canoe
    """,
    island="island, isle, islands, archipelago",
    palm="palm, palms, palm tree, tropical, hawaii, caribbean, beach, coconut, oasis",
    bird="bird, birds, gull, seagull, crow, raven, geese, swallow, goose, eagle, flock, crane, hawk, swan",
    desert="desert, dune, dunes, sahara, sand, camel, oasis, nomad, pyramid, sandy",
    mesa="mesa, canyon, butte, arizona, utah, wild west, cowboy, cactus, mars, red rock, navajo",
    hills="""
        hill, hills, rolling, terrace, terraced, tuscany, vineyard, countryside, meadow, field, farm, prairie,
        steppe, moor, lavender, wheat, pasture, rolling hills, downs
    """,
    volcano="volcano, fuji, mount fuji, vesuvius, volcanic",
    cactus="cactus, cacti, saguaro",
    cabin="cabin, hut, house, cottage, chalet, barn, farm, farmhouse, lodge, home",
    camp="camp, tent, campfire, camping, bonfire, campsite",
    deer="deer, stag, elk, moose, doe, reindeer",
    bridge="bridge",
    trunks="""
        birch, aspen, bamboo, grove, redwood, sequoia, jungle, path, trail, bamboo forest, trunks, walk, clearing
    """,
    birch="birch, aspen, bamboo",
    blossom="blossom, sakura, cherry, cherry blossom, blooming, bloom, magnolia, orchard",
    river="river, stream, creek, brook",
    star="star, stars, starry, starlight, milky way, galaxy, constellation, cosmos, cosmic, space",
    aurora="aurora, northern lights, borealis, polar lights",
    balloon="balloon, balloons, hot air balloon, hot-air balloon",
    muted="muted, soft, pale, faded, dusty, washed, subdued, desaturated, quiet, pastel, gentle",
    vivid="""
        vivid, bright, vibrant, saturated, bold, intense, colourful, colorful, neon, electric, psychedelic
    """,
    tropic="tropical, palm, hawaii, caribbean, maldives, polynesia, lagoon",
    old_town="""
        village, town, castle, cathedral, venice, temple, old town, medieval, church, cottage, house
    """,
)
_COUNTS = {"a": 1, "an": 1, "one": 1, "single": 1, "lone": 1, "two": 2, "pair": 2, "three": 3, "four": 4, "five": 5,
           "six": 6, "several": 4, "few": 3, "many": 7, "fleet": 7, "couple": 2, "dozen": 9}  # fmt: skip
_NOT_COLOURS = {"golden hour", "blue hour", "rose garden"}
_TOKEN = re.compile(r"[^\W_]+(?:[-'][^\W_]+)*")
_PHRASE = 4


@dataclass(frozen=True, slots=True)
class Reading:
    """What was understood. `family` is None when no word names a subject."""

    text: str
    family: str | None
    time: str | None
    weather: frozenset[str]
    season: str | None
    colours: tuple[str, ...]
    traits: frozenset[str]
    boats: int | None

    def has(self, trait: str) -> bool:
        """Say whether it was asked for."""
        return trait in self.traits


def normal(prompt: str) -> str:
    """The words alone: case, spacing and the form of letters make no other picture."""
    return " ".join(unicodedata.normalize("NFKC", prompt).casefold().split())


def read(prompt: str) -> Reading:
    """Understand a prompt. Takes anything, understands what it can."""
    text = normal(prompt)
    tokens = _TOKEN.findall(text)[:_MOST_WORDS]
    said = _phrases(tokens)
    return Reading(
        text=text,
        family=_family(said),
        time=_first(said, _TIME),
        weather=frozenset(name for name, words in _WEATHER.items() if any(word in said for word in words)),
        season=_first(said, _SEASON),
        colours=_colours(text, tokens),
        traits=frozenset(name for name, words in _TRAITS.items() if any(word in said for word in words)),
        boats=_boats(tokens),
    )


def _phrases(tokens: list[str]) -> dict[str, int]:
    """Each run of up to four words with the place where it was first said; plurals also as singulars."""
    said: dict[str, int] = {}
    for at in range(len(tokens)):
        for length in range(1, _PHRASE + 1):
            if at + length > len(tokens):
                break
            phrase = " ".join(tokens[at : at + length])
            said.setdefault(phrase, at)
            for ending in ("s", "es"):
                if phrase.endswith(ending):
                    said.setdefault(phrase.removesuffix(ending), at)
    return said


def _first(said: dict[str, int], lists: dict[str, tuple[str, ...]]) -> str | None:
    """The entry said most often; among equals, first in the table."""
    score = {name: sum(1 + word.count(" ") for word in words if word in said) for name, words in lists.items()}
    best = max(score, key=lambda name: score[name])
    return best if score[best] else None


def _family(said: dict[str, int]) -> str | None:
    """The family with the most words said; among equals the one said first, as a sentence puts its subject first."""
    best: tuple[int, int, str] | None = None
    for name in FAMILIES:
        places = [said[word] for word in _FAMILY[name] if word in said]
        if places:
            entry = (-len(places), min(places), name)
            best = min(best, entry) if best else entry
    return best[2] if best else None


def _colours(text: str, tokens: list[str]) -> tuple[str, ...]:
    for phrase in _NOT_COLOURS:
        if phrase in text:
            tokens = [token for token in tokens if token not in phrase.split()]
    if "black and white" in text:
        return ("monochrome",)
    found: dict[str, None] = {}
    for token in tokens:
        for word in (token, token.removesuffix("s"), token.removesuffix("ish")):
            if word in HUES:
                found[word] = None
    return tuple(found)[:2]


def _boats(tokens: list[str]) -> int | None:
    boats = set(_TRAITS["boat"])
    for at, token in enumerate(tokens):
        if token in boats or token.removesuffix("s") in boats:
            for before in tokens[max(0, at - 3) : at]:
                if before in _COUNTS:
                    return _COUNTS[before]
            return 3 if token.endswith("s") else 1
    return None
