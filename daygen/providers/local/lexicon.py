"""The words for what a printmaker can draw: places, things, shapes and letters, each with how people say it."""

Lists = dict[str, tuple[str, ...]]


def lists(**texts: str) -> Lists:
    """Words parted by commas, by name; an underscore in a name is a space."""
    return {
        name.replace("_", " "): tuple(" ".join(part.split()) for part in text.split(","))
        for name, text in texts.items()
    }


PLACES = lists(
    coast="""
        coast, beach, shore, lighthouse, harbour, harbor, port, bay, cliff, island, isle, pier, tide, lagoon, fjord,
        coastline, seaside, beacon, palm, tropical, caribbean, hawaii, mediterranean, breakwater, seascape, sailboat,
        fishing boat, fisherman, horizon, marina, riviera, cove, canoe, promenade, greek island, santorini, maldives,
        boat, sail, ferry, shoreline, regatta, yacht
    """,
    sea="""
        sea, ocean, wave, surf, ship, sailor, marine, water, reef, swim, captain, atlantic, pacific, nautical, vessel,
        underwater, coral, seabed, kelp, seaweed, submarine, diver, mermaid, deep sea, anchor, tsunami, swell, iceberg,
        pirate, kraken, undersea, great wave, open sea, schooner, galleon, maelstrom, steamship
    """,
    mountains="""
        mountain, ridge, peak, hill, alps, alpine, summit, valley, range, volcano, highland, everest, fuji, himalaya,
        andes, glacier, terrace, terraced, field, countryside, tuscany, prairie, steppe, landscape, vineyard,
        farm, wheat, hiking, climber, rock, cypress, pass, crag, scotland, patagonia, dolomites, moor, lake, hills,
        balloon, meadow, windmill, train, locomotive, railway, temple, parthenon, acropolis, ruins, rice terrace,
        norway, switzerland, matterhorn, plateau, downs, pasture, barn, pagoda, shrine
    """,
    desert="""
        desert, dune, mesa, canyon, sahara, cactus, oasis, pyramid, arizona, nomad, sand, butte, caravan, wadi,
        utah, navajo, wild west, cowboy, gobi, namib, savanna, savannah, badlands, monument valley, egypt, sphinx,
        sandstorm, mirage, joshua tree, outback
    """,
    city="""
        city, skyline, street, skyscraper, tower, building, downtown, metropolis, urban, town, rooftop, roof,
        apartment, neon, traffic, tokyo, york, manhattan, paris, london, chicago, shanghai, cyberpunk, bridge, subway,
        train, alley, house, architecture, cityscape, market, castle, village, berlin, hongkong, city lights,
        cathedral, taxi, crane, factory, industrial, robot, futuristic, car, station, museum, venice, church,
        amsterdam, lisbon, prague, brooklyn, san francisco, dubai, istanbul, rome, tram, suburb, plaza, canal, windows
    """,
    forest="""
        forest, wood, tree, pine, fir, spruce, birch, oak, jungle, woodland, grove, park, cabin, campfire, path, trail,
        leaf, leave, moss, mushroom, fern, bamboo, sequoia, redwood, taiga, camp, tent, fairy, blossom, orchard,
        cherry blossom, sakura, maple, river, stream, creek, waterfall, lantern, hut, elf, witch, firefly, willow,
        nature, wild, clearing, glade, thicket, swamp, aspen, rainforest, garden, woods, treehouse, undergrowth
    """,
    space="""
        space, planet, nebula, galaxy, rocket, spaceship, spacecraft, saturn, jupiter, comet, orbit, cosmos, cosmic,
        universe, supernova, asteroid, meteor, black hole, solar system, satellite, lunar, ufo, alien, earthrise,
        interstellar, mars, venus, neptune, uranus, lunar surface, starship, spiral galaxy, eclipse, space station,
        exoplanet, planetary, meteorite, outer space, ringed planet, flying saucer, on the moon, floating astronaut,
        astronaut floating, spacewalk
    """,
    interior="""
        interior, room, kitchen, bedroom, living room, library, studio, cafe, window, indoors, office, attic, fireplace,
        hallway, parlour, salon, piano, atelier, study, workshop, windowsill, cosy, cozy, staircase
    """,
)

# What stands for itself in a picture. A thing is said by any of its words, in the singular or with an s.
THINGS: dict[str, Lists] = {
    "animal": lists(
        sleeping_cat="sleeping cat, cat asleep, cat sleeping, napping cat, sleepy cat, curled up cat",
        cat="cat, kitten, kitty, tomcat, tabby, feline",
        dog="dog, puppy, hound, labrador, retriever, terrier, dachshund, spaniel, corgi, beagle",
        fox="fox, vixen, foxes",
        wolf="wolf, wolves, coyote, husky, werewolf",
        horse="horse, pony, stallion, mare, mustang, foal, unicorn, donkey, zebra, pegasus",
        deer="deer, stag, elk, moose, doe, reindeer, fawn, hart, antelope, gazelle, caribou",
        bear="bear, grizzly, polar bear, panda, teddy bear, cub",
        rabbit="rabbit, hare, bunny, bunnies",
        elephant="elephant, mammoth",
        lion="lion, lioness, leo, lions",
        tiger="tiger, leopard, panther, jaguar, cheetah, lynx, puma, cougar",
        giraffe="giraffe",
        camel="camel, dromedary, llama, alpaca",
        sheep="sheep, lamb, ram, flock of sheep, goat",
        cow="cow, bull, cattle, ox, bison, buffalo, calf",
        mouse="mouse, mice, rat, hamster",
        squirrel="squirrel, chipmunk",
        owl="owl, barn owl, owlet",
        heron="heron, crane bird, stork, egret, ibis, crane standing",
        flamingo="flamingo",
        swan="swan, goose, geese",
        duck="duck, mallard, duckling",
        penguin="penguin, puffin",
        eagle="eagle, hawk, falcon, raven, crow, albatross, condor, phoenix, flying bird, vulture",
        rooster="rooster, cockerel, chicken, hen",
        songbird="songbird, robin, bird, sparrow, finch, nightingale, wren, parrot, kingfisher, hummingbird, swallow",
        gull="gull, seagull",
        whale="whale, humpback, orca, narwhal, sperm whale, blue whale",
        fluke="whale tail, whale fluke, whale's tail",
        dolphin="dolphin, porpoise",
        fish="fish, koi, goldfish, salmon fish, carp, trout, clownfish, shark, school of fish",
        turtle="turtle, tortoise, sea turtle",
        jellyfish="jellyfish, octopus, squid, medusa",
        butterfly="butterfly, butterflies, moth, monarch butterfly",
    ),
    "person": lists(
        queen="queen, empress, princess, cleopatra, nefertiti, goddess",
        king="king, emperor, prince, pharaoh",
        astronaut="astronaut, cosmonaut, spaceman, space explorer",
        woman="""
            woman, lady, girl, she, mother, bride, ballerina, actress, sister, grandmother, muse, maiden, witch,
            women, geisha, daughter, frida
        """,
        man="""
            man, gentleman, boy, he, father, sailor, detective, poet, monk, wizard, men, samurai, knight, cowboy, hero,
            fisherman, writer, captain, musician, grandfather, soldier, son, traveller, traveler, hiker, climber,
            explorer, scientist, philosopher
        """,
        person="""
            person, portrait, face, profile, silhouette, figure, wanderer, human, someone, people, child, dancer,
            stranger, self-portrait, bust, selfie, pilgrim, musician, model, teenager, kid, lovers, couple
        """,
    ),
    "flower": lists(
        tulip="tulip",
        rose="rose, rose garden, peony, peonies, camellia, ranunculus",
        sunflower="sunflower",
        poppy="poppy, poppies, anemone",
        daisy="daisy, daisies, chamomile, marguerite, aster, cosmos flower, edelweiss",
        lavender="lavender, lavender field, lavender fields, lupine, delphinium, hyacinth, bluebell, wisteria",
        lily="lily, lilies, lotus, water lily, iris, irises, orchid, magnolia, amaryllis",
        cornflower="cornflower, dahlia, chrysanthemum, carnation, zinnia, thistle, marigold",
        flower="flower, bouquet, wildflower, floral, botanical, petal, flower field, bloom, bunch of flowers",
    ),
    "table": lists(
        bowl="bowl, fruit bowl, basket, dish",
        lemon="lemon, lime, citrus",
        orange="orange, tangerine, clementine, mandarin, grapefruit, persimmon, apricot, peach",
        apple="apple, quince, pomegranate, plum, nectarine",
        pear="pear, fig, avocado",
        cherry="cherries, cherry, berries, strawberry, strawberries, raspberries",
        grape="grape, bunch of grapes, blueberries",
        melon="watermelon, melon",
        pumpkin="pumpkin, squash, gourd",
        fruit="fruit, fruits, still life, still lifes, breakfast, picnic, food, vegetable, vegetables",
        bottle="bottle, wine, decanter, carafe, whisky",
        glass="wine glass, glass, goblet, glasses, cocktail, champagne",
        cup="cup, mug, coffee, tea, espresso, teacup, cappuccino",
        teapot="teapot, kettle, coffee pot",
        jug="jug, pitcher, ewer, vase still life, ceramics, pottery, amphora, vase",
        candle="candle, candlestick, candlelight",
        books="book, books, novel, diary, stack of books",
        bread="bread, loaf, baguette, croissant, cake, cheese",
        egg="egg, eggs",
        skull="skull, vanitas, memento mori",
    ),
    "furniture": lists(
        chair="chair, armchair, rocking chair, seat, stool",
        sofa="sofa, couch, settee",
        plant="plant, houseplant, monstera, potted plant, ficus, succulent",
        lamp="lamp, floor lamp, desk lamp, lampshade, reading lamp",
        shelf="bookshelf, bookshelves, bookcase, shelf, shelves, library",
        window="window, windowsill, curtain",
        desk="desk, table, typewriter, easel, dining table",
        bed="bed, bedroom, pillow",
        piano="piano, grand piano",
        fireplace="fireplace, hearth, stove",
        picture="painting, picture frame, frame, poster on the wall",
        clock="clock, grandfather clock",
        rug="rug, carpet",
    ),
}  # fmt: skip

SHAPES = lists(
    circle="circle, circles, round, sphere, dot, disc, orb, bubble, ball, concentric",
    triangle="triangle, triangles, triangular, pyramid shape, prism",
    square="square, squares, rectangle, cube, cubist, block, box, mondrian, grid, de stijl, checkerboard, quilt",
    arc="arc, arch, arches, curve, rainbow, wave pattern, crescent shape, scallop",
    line="line, stripe, striped, lines, zigzag, ray, op art, barcode",
    spiral="spiral, swirl, vortex, golden ratio, fibonacci, whirl, labyrinth, maze",
    hexagon="hexagon, honeycomb, polygon, diamond, tessellation, isometric",
)
ABSTRACT = lists(
    words="""
        abstract, geometric, geometry, bauhaus, kandinsky, mondrian, suprematism, constructivist, constructivism,
        pattern, cubist, cubism, shapes, composition, minimal shapes, op art, art deco, deco, memphis, modernist,
        mid-century, mid century, malevich, klee, miro, matisse, calder, mathematics, maths, theory, rhythm,
        music, jazz, logic, symmetry, harmony, chaos, algorithm, tessellation, mosaic, shape, de stijl,
        kaleidoscope, hypnotic, fractal, mandala, quantum, sound, symphony
    """
)["words"]
LETTERING = (
    "typography", "typographic", "lettering", "letters", "the word", "the words", "that says", "saying", "which says",
    "that reads", "reading the words", "type poster", "text", "the letter", "slogan", "alphabet", "says", "headline",
    "monogram", "logotype", "spelling", "spelled", "titled", "the letters", "the name",
)  # fmt: skip
# Words that say how a lettering looks, or nothing: never the lettering itself.
SMALL_WORDS = frozenset(
    [
        "a",
        "an",
        "the",
        "of",
        "in",
        "on",
        "at",
        "by",
        "to",
        "and",
        "or",
        "with",
        "for",
        "from",
        "over",
        "under",
        "above",
        "is",
        "are",
        "was",
        "be",
        "this",
        "that",
        "it",
        "its",
        "as",
        "into",
        "about",
        "poster",
        "print",
        "typography",
        "typographic",
        "lettering",
        "letters",
        "letter",
        "word",
        "words",
        "text",
        "type",
        "says",
        "saying",
        "reads",
        "reading",
        "slogan",
        "big",
        "bold",
        "huge",
        "large",
        "small",
        "retro",
        "vintage",
        "modern",
        "colourful",
        "colorful",
        "style",
        "art",
        "design",
        "made",
        "picture",
        "image",
        "illustration",
        "drawing",
        "name",
        "spelled",
        "titled",
        "headline",
        "alphabet",
        "minimal",
        "minimalist",
        "fat",
        "round",
        "quote",
        "my",
        "your",
        "our",
        "very",
        "some",
        "linocut",
        "screenprint",
        "risograph",
        "watercolour",
        "watercolor",
        "abstract",
        "background",
        "white",
        "black",
    ]
)
