"""The words that shape a picture without being in it: hours, weathers, seasons, and what else one may wish for."""

from daygen.providers.local.lexicon import Lists, lists


def _traits(**texts: str) -> Lists:
    """As `lists`, but a name stays one word."""
    return {name.replace(" ", "_"): words for name, words in lists(**texts).items()}


TIME = lists(
    dawn="dawn, sunrise, daybreak, first light, early morning, morning, hope, beginning, awakening",
    blue="blue hour, twilight, melancholy, sad, sadness, lonely, loneliness, blues",
    golden="golden hour, late afternoon, afternoon, magic hour, nostalgia, nostalgic, love, warmth",
    sunset="sunset, sundown, afterglow, setting sun",
    dusk="dusk, evening, gloaming, nightfall",
    day="day, noon, midday, daytime, daylight, midmorning, sunny, sunlit, blue sky",
    night="""
        night, midnight, moonlight, moonlit, moon, stars, starry, starlight, nocturne, nocturnal, aurora, northern
        lights, milky way, neon, galaxy, firefly, nighttime, constellation, dream, dreams, darkness, fear, mystery,
        mysterious, insomnia, halloween, comet, meteor, shooting star, falling star, ufo, flying saucer
    """,
)
WEATHER = lists(
    fog="fog, foggy, mist, misty, haze, hazy, foggy morning, smog, smoke, memory, forgotten",
    rain="rain, rainy, raining, drizzle, downpour, rain shower, monsoon, wet",
    snow="snow, snowfall, snowing, blizzard, snowflake, snowy",
    storm="storm, stormy, thunder, thunderstorm, lightning, tempest, gale, hurricane, dramatic, anger, rage, war, fury",
    cloud="cloud, cloudy, overcast, clouds",
    clear="clear, cloudless",
)
SEASON = lists(
    winter="""
        winter, wintry, frozen, ice, icy, frost, frosty, christmas, arctic, snow, snowy, blizzard, december, january
    """,
    autumn="autumn, fall, autumnal, october, november, harvest, fall colours, fall colors, maple",
    spring="spring, april, blossom, blooming, bloom, sakura, cherry, easter, springtime",
    summer="summer, july, august, summertime",
)
TRAITS = _traits(
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
    vase="vase, pot, jug, bouquet, table, bunch of flowers, jar, pitcher",
    meadow="field, fields, meadow, garden, wild, wildflower, wildflowers, hillside, prairie, carpet of",
    underwater="underwater, undersea, seabed, deep sea, reef, coral, diver, kelp, seaweed, submarine, under the sea",
    great_wave="great wave, tsunami, giant wave, huge wave, big wave, hokusai, surf, surfer, breaking wave",
    iceberg="iceberg, icebergs, arctic, antarctica, antarctic",
    rings="ring, rings, ringed, saturn",
    surface="surface, lunar, moonscape, moon landing, on the moon, on mars, mars, crater, alien planet, landing",
    nebula="nebula, nebulae, supernova, interstellar, stardust, cosmic cloud, pillars of creation",
    galaxy="galaxy, galaxies, spiral galaxy, milky way, andromeda, black hole, universe",
    orbits="orbit, orbits, solar system, planetary, sun and planets, planets aligned",
    rocket="rocket, spaceship, spacecraft, starship, launch, rocket launch, space shuttle",
    comet="comet, meteor, shooting star, meteorite, asteroid, falling star",
    ufo="ufo, flying saucer, alien, aliens",
    caravan="camel, camels, caravan, nomad, nomads, bedouin",
    pyramid="pyramid, pyramids, egypt, giza, pharaoh, sphinx",
    portrait="portrait, profile, face, bust, head, silhouette, self-portrait, headshot, selfie",
    umbrella="umbrella, parasol",
    acting="""
        looking, walking, standing, watching, running, dancing, waiting, holding, under, beneath, playing, gazing,
        wandering, stargazing, hiking, strolling, sitting, lost
    """,
    waterfall="waterfall, waterfalls, cascade, cataract",
    windmill="windmill, mill",
    train="train, locomotive, railway, steam train, tram",
    temple="temple, pagoda, greek temple, parthenon, acropolis, ruin, ruins, shrine",
    eclipse="eclipse, solar eclipse",
    castle="castle, fortress, citadel, palace",
    submarine="submarine, bathyscaphe, u-boat",
    hat="hat, fedora, bowler, top hat, beret, cowboy hat, detective, straw hat",
    beard="beard, bearded, moustache, old man, wizard, philosopher, monk, fisherman, captain, sailor",
    long_hair="long hair, flowing hair, mermaid, muse, witch, windswept hair",
    bun="bun, ballerina, dancer, geisha, updo, chignon, ballet",
    curls="curls, curly, afro, curly hair",
    double="double exposure, dream, dreaming, dreams, imagination, thoughts, mind, memory, inner world",
    howling="howling, howl, howls",
    running="running, galloping, gallop, jumping, leaping",
    old_town="""
        village, town, castle, cathedral, venice, temple, old town, medieval, church, cottage, house
    """,
)
