"""The natural colours of animals."""

from dataclasses import dataclass

from daygen.providers.local.colour import Ink, ink


@dataclass(frozen=True, slots=True)
class Coat:
    """The ink of an animal's body, of its light and of its dark marks."""

    body: Ink
    mark: Ink
    dark: Ink


def _coat(text: str) -> Coat:
    body, mark, dark = (ink(part) for part in text.split())
    return Coat(body, mark, dark)


_BROWN = _coat("7A5238 E9D8BC 33241F")
_COATS = {
    "cat": _coat("3C353B EBDCC8 201C22"),
    "sleeping cat": _coat("B5733C F0DDC2 5A3520"),
    "dog": _coat("A9713F EAD9BF 54351F"),
    "fox": _coat("C65A28 F4E4CC 3A211D"),
    "wolf": _coat("6C7280 DDDDE0 2C3038"),
    "horse": _coat("7A4A31 E9D8BC 2C1D1B"),
    "deer": _coat("9A6238 F0E0C6 3A251B"),
    "bear": _coat("5C4032 C9A47C 241816"),
    "rabbit": _coat("A98F78 F3E4D6 4A3A33"),
    "elephant": _coat("7E7F8C EFE6D2 62636F"),
    "lion": _coat("C9974C F0DDB4 7A4724"),
    "tiger": _coat("D8822F F7E8CF 2A1D1B"),
    "giraffe": _coat("A8662F F0D9A8 3A251B"),
    "camel": _coat("B98A54 E9D3AC 5A3F28"),
    "sheep": _coat("EDE4D3 FFFAEE 4A4046"),
    "cow": _coat("4A3A36 F3EADA 241C1C"),
    "mouse": _coat("8B8189 E8C4BE 3A343A"),
    "squirrel": _coat("A8562C F0DCC0 4A2A1C"),
    "owl": _coat("7A5B43 F2E2C4 3A2A26"),
    "heron": _coat("8C9AA8 F4F0E6 38424E"),
    "flamingo": _coat("EE8E8E FBE0D8 C2545E"),
    "swan": _coat("FBF7EE D8D8DA E08A3C"),
    "duck": _coat("6A5A46 EBD9A8 35604A"),
    "penguin": _coat("2A2F3A F7F3E8 E09A3C"),
    "eagle": _coat("4A3A34 F4EBDA 2A2020"),
    "gull": _coat("E9E9E6 FFFFFF 4A5058"),
    "rooster": _coat("B5532C D43A2C 3A2A2E"),
    "songbird": _coat("6B7F96 E2703A 3A4658"),
    "whale": _coat("2F4A66 DCE6E8 1C2C40"),
    "fluke": _coat("24384E DCE6E8 1C2C40"),
    "dolphin": _coat("5F7E96 E9EFEF 38505F"),
    "fish": _coat("E8803A FBF0DC 2A2A33"),
    "turtle": _coat("4F7F5C D9CF94 2A4434"),
    "jellyfish": _coat("E9A7B4 FBE9E4 B56A86"),
    "butterfly": _coat("2F2430 F09A3C 2F2430"),
}
# Kinds that look like another animal but are not of its colour.
_KINDS = {
    "polar bear": _coat("F4F0E6 FFFFFF 2C2C30"),
    "panda": _coat("F4F0E6 F4F0E6 2C2C30"),
    "unicorn": _coat("F6F1EC FFE9A8 C9A4D8"),
    "raven": _coat("22222A 4A4A58 16161C"),
    "crow": _coat("22222A 4A4A58 16161C"),
    "phoenix": _coat("E0522A FFD06A 8A2020"),
    "panther": _coat("24222A 3C3844 121016"),
    "zebra": _coat("F0ECE4 FFFFFF 2A262A"),
    "robin": _coat("6A5548 DE5F33 453830"),
    "monarch": _coat("2A2024 EE8A2E 2A2024"),
    "koi": _coat("F2EBDD E2552C 2A2A33"),
    "clownfish": _coat("EE7A2E FFF6E6 26222A"),
    "shark": _coat("6C7C8C E4E9EA 3A4652"),
    "husky": _coat("7C8492 F6F4F0 2C3038"),
    "goldfish": _coat("EE8A2E FBE0B4 8A3A1C"),
    "dalmatian": _coat("F6F2EA FFFFFF 2A262A"),
    "orca": _coat("1E2229 F6F4EE 14161C"),
    "leopard": _coat("D3A050 F3E2BC 3A2418"),
    "parrot": _coat("2E8F5C E2452C 1F5C86"),
    "kingfisher": _coat("1F7FA0 E8833A 14506E"),
    "snow leopard": _coat("D6D6D8 F6F6F4 4A4A54"),
    "corgi": _coat("CE8A48 FBF2E2 7A4A26"),
    "arctic fox": _coat("F1EEE8 FFFFFF 4A4A54"),
    "luna moth": _coat("A9CF9A F2E7A8 5A7A5A"),
}


def coat_of(text: str, name: str) -> Coat:
    """The coat of an animal as a text calls it."""
    kind = next((kind for kind in sorted(_KINDS, key=len, reverse=True) if kind in text), None)
    return _KINDS[kind] if kind is not None else _COATS.get(name, _BROWN)
