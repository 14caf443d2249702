"""Which family of scenes a prompt belongs to, and in which place its subject stands."""

from daygen.providers.local import lexicon

FAMILIES = ("coast", "sea", "mountains", "desert", "city", "forest", "space", "interior", "still life", "flowers",
            "portrait", "animal", "geometry", "typography")  # fmt: skip

_HOLDS = frozenset(("jug", "bowl", "desk", "window", "glass", "picture", "rug"))  # what other things stand in, on or by
_SHORES = ("lighthouse", "beach", "shore", "harbour", "harbor", "cliff", "pier", "palm", "coast")
_IN_THE_SKY = ("comet", "meteor", "eclipse", "meteorite", "galaxy", "nebula", "alien", "ufo", "flying saucer", "rocket")
_FAR_BIRDS = frozenset(("songbird", "gull"))  # seen as a flock in the sky where a place is named
_KINDS = {"flower": "flowers", "table": "still life", "furniture": "interior"}
_ABSTRACT = 2  # an abstract word weighs as much as two words that name something

Said = dict[str, int]
Places = dict[str, tuple[int, int]]
"""For each place said: how many of its words, and where the first of them is."""


def family_of(
    said: Said, things: dict[str, tuple[str, int]], lettering: str | None, traits: frozenset[str]
) -> tuple[str | None, str | None]:
    """The family of a prompt and its place: `things` are (kind, where said) by name. Either may be None."""
    places = _settled(_places(said, things), said)
    place = _best(places)
    if lettering is not None:
        return "typography", place
    if _geometric(said, len(things) + sum(count for count, _ in places.values())):
        return "geometry", None
    family = _living(said, things, place, traits) or _by_things(things, places, place)
    if family is None and place is None and traits & {"moon", "star"}:
        return "space", None
    return family or place, place if family != place else None


def outlook_of(said: Said) -> str | None:
    """What is seen out of a window: the place that is named beside the room."""
    return _best({name: own for name, own in _settled(_places(said, {}), said).items() if name != "interior"})


def _best(places: Places) -> str | None:
    """The place with the most words; among equals the one said first, as a sentence puts its subject first."""
    return min(places, key=lambda name: (-places[name][0], places[name][1])) if places else None


def _living(said: Said, things: dict[str, tuple[str, int]], place: str | None, traits: frozenset[str]) -> str | None:
    """An animal before a person; but not a caravan, nor birds far off, nor an astronaut lost in space."""
    small = {"camel"} if "caravan" in said else set[str]()
    small |= _FAR_BIRDS if place else set()
    kinds = {kind for name, (kind, _) in things.items() if name not in small}
    if "animal" in kinds:
        return "animal"
    if "person" in kinds:
        afloat = "astronaut" in things and place == "space" and "portrait" not in traits
        return "space" if afloat else "portrait"
    return None


def _places(said: Said, things: dict[str, tuple[str, int]]) -> Places:
    """Where it could be. A word that names a thing already is not counted for a place again, but for rooms."""
    named = {at for _, at in things.values()}
    made: Places = {}
    for name, words in lexicon.PLACES.items():
        at = [said[word] for word in words if word in said and (said[word] not in named or name != "forest")]
        if at:
            made[name] = (len(at), min(at))
    return made


def _settled(places: Places, said: Said) -> Places:
    """Without places that another makes impossible: a lighthouse stands on a shore, a comet may hang over any land."""
    made = dict(places)
    if "coast" in made and any(word in said for word in _SHORES):
        made.pop("sea", None)
    if "space" in made and len(made) > 1 and made["space"][0] <= sum(1 for word in _IN_THE_SKY if word in said):
        made.pop("space")
    return made


def _geometric(said: Said, others: int) -> bool:
    shapes = sum(1 for words in lexicon.SHAPES.values() if any(word in said for word in words))
    abstract = sum(1 for word in lexicon.ABSTRACT if word in said)
    return shapes + _ABSTRACT * abstract > max(others, 0) and shapes + abstract > 0


def _by_things(things: dict[str, tuple[str, int]], places: Places, place: str | None) -> str | None:
    """Flowers, a table or a room, whichever was said first, unless a place was said before and oftener."""
    own = {name: (kind, at) for name, (kind, at) in things.items() if kind in _KINDS}
    if not own:
        return None
    telling = {name: one for name, one in own.items() if name not in _HOLDS} or own
    kind, at = min(telling.values(), key=lambda one: one[1])
    if kind == "table" and "interior" in places and places["interior"][1] < at:
        return "interior"
    if kind == "flower" or place is None or place == "interior":
        return _KINDS[kind]
    count, first = places[place]
    mine = sum(1 for one, _ in own.values() if one == kind)
    return _KINDS[kind] if at < first or mine > count else None
