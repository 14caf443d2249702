"""What the printmaker does with pictures: its own it draws anew; of others it does what it truly can, or refuses."""

import hashlib
import struct
import zlib
from collections.abc import AsyncGenerator, Callable
from pathlib import Path
from typing import Any

import numpy as np
import psutil
import pytest
from PIL import Image, ImageDraw, ImageStat

from daygen.providers.contract import Refused, Report, Source
from daygen.providers.local import LocalPrint, find_ffmpeg
from daygen.providers.local.describing import name_of
from daygen.providers.local.keepsake import read_from
from daygen.providers.local.picture import make
from daygen.providers.local.recipe import MOST_EDITS, Edit, ForeignPicture, Mask, Recipe, Variation, parsed
from tests.providers.local.calls import Heard, call, children

FORMATS = ("PNG", "JPEG", "WEBP", "GIF")
WRITTEN_BY_AN_OLDER_HOUSE = (
    '{"version": 1, "prompt": "a lighthouse", "seed": 5, "technique": "auto", "width": 96, "height": 64, "ratio": 1.5, '
    '"variations": [{"seed": 3, "strength": "strong"}]}'
)


@pytest.fixture
async def local() -> AsyncGenerator[LocalPrint, None]:
    provider = LocalPrint(presses=2, ffmpeg=find_ffmpeg())
    yield provider
    await provider.close()


@pytest.fixture
def own(tmp_path: Path) -> Path:
    """A picture of the printmaker's own."""
    path = tmp_path / "own.png"
    make(Recipe("a lighthouse at dusk", 5, 240, 160), path)
    return path


@pytest.fixture
def foreign(tmp_path: Path) -> Path:
    """A photograph, as it were."""
    path = tmp_path / "foreign.jpg"
    photograph(240, 160).save(path, quality=95)
    return path


def photograph(width: int, height: int) -> Image.Image:
    """Half navy, half cream, with an edge that a resize must keep where it is."""
    picture = Image.new("RGB", (width, height), (24, 40, 84))
    ImageDraw.Draw(picture).rectangle((width // 2, 0, width, height), fill=(244, 232, 200))
    return picture


def mask(folder: Path, box: tuple[float, float, float, float], size: tuple[int, int] = (240, 160)) -> Path:
    """White where something is to change, black elsewhere; the box in shares."""
    path = folder / f"mask-{hashlib.sha256(repr((box, size)).encode()).hexdigest()[:8]}.png"
    made = Image.new("L", size)
    corners = [round(share * side) for share, side in zip(box, (*size, *size), strict=True)]
    ImageDraw.Draw(made).rectangle(corners, fill=255)
    made.save(path)
    return path


async def made(local: LocalPrint, scratch: Path, operation: str, given: dict[str, Any], **files: Path) -> Path:
    """Run one operation; the file it made."""
    heard, _ = await ran(local, scratch, operation, given, **files)
    return heard.outputs[0].path


async def ran(
    local: LocalPrint, scratch: Path, operation: str, given: dict[str, Any], **files: Path
) -> tuple[Heard, Report]:
    scratch.mkdir(exist_ok=True)  # noqa: ASYNC240 - a test's own folder
    heard = Heard()
    sources = {name: Source(path, "image/png") for name, path in files.items()}
    report = await local.run(call(scratch, operation=operation, sources=sources, **given), heard)
    return heard, report


async def refusal(local: LocalPrint, scratch: Path, operation: str, given: dict[str, Any], **files: Path) -> Refused:
    with pytest.raises(Refused) as refused:
        await ran(local, scratch, operation, given, **files)
    return refused.value


def pixels(path: Path, size: tuple[int, int] | None = None) -> np.ndarray:
    with Image.open(path) as image:
        plain = image.convert("RGB")
        return np.asarray(plain.resize(size, Image.Resampling.BOX) if size else plain).astype(np.int64)


async def test_its_own_picture_is_drawn_larger_with_more_to_see(local: LocalPrint, tmp_path: Path, own: Path):
    large = await made(local, tmp_path / "large", "upscale", {"scale": 4}, image=own)

    with Image.open(large) as image:
        assert image.size == (960, 640)
        stretched = Image.open(own).resize(image.size, Image.Resampling.LANCZOS)
        assert detail(image) > detail(stretched) * 1.5
    assert np.abs(pixels(large, (48, 32)) - pixels(own, (48, 32))).mean() < 4
    assert read_from(large).sized(240, 160) == read_from(own)


def detail(image: Image.Image) -> float:
    """How much changes from one pixel to the next."""
    grey = np.asarray(image.convert("L")).astype(np.int64)
    return float(np.abs(np.diff(grey, axis=1)).mean())


async def test_a_foreign_picture_is_resized_and_that_is_said(local: LocalPrint, tmp_path: Path, foreign: Path):
    heard, report = await ran(local, tmp_path / "out", "upscale", {"scale": 2}, image=foreign)

    (warning,) = report.warnings
    assert "resized, not redrawn" in warning
    assert (heard.outputs[0].width, heard.outputs[0].height) == (480, 320)
    assert np.abs(pixels(heard.outputs[0].path) - np.asarray(photograph(480, 320)).astype(np.int64)).mean() < 3
    with pytest.raises(ForeignPicture):
        read_from(heard.outputs[0].path)


async def test_a_transparent_picture_stays_transparent_when_it_is_resized(local: LocalPrint, tmp_path: Path):
    Image.new("RGBA", (40, 40), (200, 30, 30, 90)).save(tmp_path / "clear.png")

    large = await made(local, tmp_path / "out", "upscale", {"scale": 2}, image=tmp_path / "clear.png")

    with Image.open(large) as image:
        assert image.mode == "RGBA"
        assert np.abs(np.asarray(image).astype(np.int64) - (200, 30, 30, 90)).max() < 4


@pytest.mark.parametrize("kind", ["own", "foreign"])
async def test_beyond_the_largest_paper_is_refused_with_what_to_do(local: LocalPrint, tmp_path: Path, kind: str):
    path = tmp_path / "in.png"
    if kind == "own":
        make(Recipe("sea", 1, 1100, 64), path)
    else:
        Image.new("RGB", (1100, 64)).save(path)

    refused = await refusal(local, tmp_path / "out", "upscale", {"scale": 4}, image=path)

    assert refused.code == "provider.picture_too_large"
    assert str(refused) == "4 times 1100 x 64 is 4400 x 256 pixels, and 4096 a side is the most. Choose scale 2."
    assert (await ran(local, tmp_path / "out", "upscale", {"scale": 2}, image=path))[1].units == 1


async def test_reframe_shows_the_same_scene_on_other_paper(local: LocalPrint, tmp_path: Path, own: Path):
    wide = await made(local, tmp_path / "out", "reframe", {"width": 320, "height": 140}, image=own)

    recipe = read_from(wide)
    assert (recipe.width, recipe.height) == (320, 140)
    assert recipe.sized(240, 160) == read_from(own)
    colours = [ImageStat.Stat(Image.open(path).convert("RGB")).mean for path in (wide, own)]
    assert max(abs(one - other) for one, other in zip(*colours, strict=True)) < 25


@pytest.mark.parametrize(
    ("operation", "given", "verb"),
    [
        ("vary", {"strength": "strong"}, "vary"),
        ("reframe", {"width": 64, "height": 64}, "reframe"),
        ("image_to_video", {"seconds": 2}, "set in motion"),
    ],
)
async def test_what_needs_the_scene_refuses_a_foreign_picture(
    local: LocalPrint, tmp_path: Path, foreign: Path, operation: str, given: dict[str, Any], verb: str
):
    refused = await refusal(local, tmp_path / "out", operation, given, image=foreign)

    assert refused.code == "provider.foreign_picture"
    assert f"local/print can only {verb} its own pictures" in str(refused)
    assert "Choose a picture that local/print made" in str(refused)


async def test_it_says_what_its_own_picture_is(local: LocalPrint, tmp_path: Path, own: Path):
    heard, report = await ran(local, tmp_path / "out", "describe", {}, image=own)

    assert report.units == 1
    assert heard.outputs == {}
    assert report.text is not None
    assert report.text.startswith(
        "“a lighthouse at dusk”, printed by local/print: coast, screen print, seed 5, 240 x 160 pixels. Inks: "
    )
    assert report.text.count("#") >= 4


@pytest.mark.parametrize("kind", FORMATS)
async def test_of_a_foreign_picture_it_says_size_and_colours_and_no_more(local: LocalPrint, tmp_path: Path, kind: str):
    path = tmp_path / "picture"
    photograph(300, 200).save(path, kind)

    _, report = await ran(local, tmp_path / "out", "describe", {}, image=path)

    assert report.text is not None
    assert report.text.startswith("A landscape picture of 300 x 200 pixels, of middle brightness on the whole.")
    assert "navy #" in report.text
    assert "cream #" in report.text
    assert "only reads its colours" in report.text


async def test_a_photograph_taken_sideways_is_described_and_enlarged_upright(local: LocalPrint, tmp_path: Path):
    path = tmp_path / "turned.jpg"
    exif = Image.Exif()
    exif[0x0112] = 6
    photograph(300, 200).save(path, exif=exif)

    _, report = await ran(local, tmp_path / "out", "describe", {}, image=path)
    large = await made(local, tmp_path / "out", "upscale", {"scale": 2}, image=path)

    assert report.text is not None
    assert "A portrait picture of 200 x 300 pixels" in report.text
    with Image.open(large) as image:
        assert image.size == (400, 600)
        assert not image.getexif()


def test_colours_have_the_names_people_give_them():
    said = {name_of(colour) for colour in ((250, 250, 250), (8, 8, 10), (30, 42, 80), (200, 60, 50), (120, 80, 50))}

    assert said == {"white", "black", "navy", "red", "brown"}


async def test_an_edit_changes_what_is_painted_and_nothing_else(local: LocalPrint, tmp_path: Path, own: Path):
    painted = mask(tmp_path, (0.5, 0.0, 1.0, 1.0))
    edited = await made(
        local, tmp_path / "out", "image_edit", {"prompt": "a city at night", "seed": 2}, image=own, mask=painted
    )

    changed = np.abs(pixels(edited) - pixels(own)).max(axis=2)
    assert changed[:, :110].max() == 0
    assert (changed[:, 130:] > 20).mean() > 0.5
    recipe = read_from(edited)
    assert [edit.prompt for edit in recipe.edits] == ["a city at night"]
    assert recipe.scene() == read_from(own).scene()
    assert recipe.edited_scene(recipe.edits[0], recipe.scene()).palette == recipe.scene().palette


async def test_a_small_edit_shows_its_subject_before_the_picture_as_it_was(
    local: LocalPrint, tmp_path: Path, own: Path
):
    painted = mask(tmp_path, (0.35, 0.1, 0.75, 0.7))
    edited = await made(local, tmp_path / "out", "image_edit", {"prompt": "a castle"}, image=own, mask=painted)

    changed = np.abs(pixels(edited) - pixels(own)).max(axis=2)[16:112, 84:180] > 12
    assert 0.1 < changed.mean() < 0.9
    assert changed[-12:].mean() > changed[:12].mean()


async def test_the_same_edit_is_the_same_bytes_and_another_seed_is_not(local: LocalPrint, tmp_path: Path, own: Path):
    painted = mask(tmp_path, (0.2, 0.2, 0.7, 0.9))
    files = [
        (await made(local, tmp_path / str(number), "image_edit", {"prompt": "a fox", "seed": seed}, image=own,
                    mask=painted)).read_bytes()
        for number, seed in enumerate((7, 7, 8))
    ]  # fmt: skip

    assert files[0] == files[1] != files[2]


async def test_an_edited_picture_can_be_varied_enlarged_reframed_and_edited_again(
    local: LocalPrint, tmp_path: Path, own: Path
):
    painted = mask(tmp_path, (0.0, 0.0, 1.0, 0.5))
    edited = await made(local, tmp_path / "1", "image_edit", {"prompt": "aurora"}, image=own, mask=painted)

    again = await made(local, tmp_path / "2", "image_edit", {"prompt": "a fox"}, image=edited, mask=painted)
    large = await made(local, tmp_path / "3", "upscale", {"scale": 2}, image=edited)
    varied = await made(local, tmp_path / "4", "vary", {"strength": "subtle"}, image=edited)
    tall = await made(local, tmp_path / "5", "reframe", {"width": 100, "height": 200}, image=edited)

    assert [edit.prompt for edit in read_from(again).edits] == ["aurora", "a fox"]
    assert all(read_from(path).edits == read_from(edited).edits for path in (large, varied, tall))
    assert np.abs(pixels(large, (48, 32)) - pixels(edited, (48, 32))).mean() < 4
    _, report = await ran(local, tmp_path / "6", "describe", {}, image=again)
    assert report.text is not None
    assert "Its parts were changed to “aurora” and “a fox”." in report.text


async def test_a_foreign_picture_is_drawn_onto_and_the_rest_of_it_stays(local: LocalPrint, tmp_path: Path):
    path = tmp_path / "foreign.png"
    photograph(240, 160).save(path)
    painted = mask(tmp_path, (0.0, 0.0, 0.5, 1.0), size=(60, 90))  # of another size, and another shape

    edited = await made(local, tmp_path / "out", "image_edit", {"prompt": "mountains"}, image=path, mask=painted)

    changed = np.abs(pixels(edited) - pixels(path)).max(axis=2)
    assert changed[:, 130:].max() == 0
    assert (changed[:, :110] > 8).mean() > 0.3


@pytest.mark.parametrize("how", ["white on black", "white on nothing", "a colour on nothing", "grey on black"])
async def test_white_is_new_and_what_is_black_or_transparent_stays(
    local: LocalPrint, tmp_path: Path, own: Path, how: str
):
    colour = {"grey on black": (128, 128, 128, 255), "a colour on nothing": (255, 120, 80, 255)}.get(how, (255,) * 4)
    ground = (0, 0, 0, 255) if "black" in how else (255, 255, 255, 0)
    painted = Image.new("RGBA", (240, 160), ground)
    ImageDraw.Draw(painted).rectangle((120, 0, 240, 160), fill=colour)
    painted.save(tmp_path / "mask.png")

    edited = await made(
        local, tmp_path / "out", "image_edit", {"prompt": "a city"}, image=own, mask=tmp_path / "mask.png"
    )

    changed = np.abs(pixels(edited) - pixels(own)).max(axis=2) > 0
    assert not changed[:, :110].any()
    assert changed[:, 130:].mean() > (0.2 if how == "grey on black" else 0.5)


@pytest.mark.parametrize("ground", [(0, 0, 0, 255), (255, 255, 255, 0)])
async def test_a_mask_with_nothing_painted_is_refused_with_what_to_do(
    local: LocalPrint, tmp_path: Path, own: Path, ground: tuple[int, int, int, int]
):
    Image.new("RGBA", (32, 32), ground).save(tmp_path / "mask.png")

    refused = await refusal(
        local, tmp_path / "out", "image_edit", {"prompt": "a fox"}, image=own, mask=tmp_path / "mask.png"
    )

    assert refused.code == "provider.empty_mask"
    assert "Paint the part that is to change in white" in str(refused)


async def test_a_picture_is_not_edited_without_end(local: LocalPrint, tmp_path: Path):
    painted = Mask(4, 4, bytes([255] * 16))
    path = tmp_path / "often.png"
    make(Recipe("sea", 1, 48, 48, edits=tuple(Edit("sky", seed, painted) for seed in range(MOST_EDITS))), path)

    refused = await refusal(
        local, tmp_path / "out", "image_edit", {"prompt": "a fox"}, image=path, mask=mask(tmp_path, (0, 0, 1, 1))
    )

    assert refused.code == "provider.too_many_edits"


def test_a_recipe_with_edits_comes_back_whole_and_one_without_is_written_as_ever():
    edit = Edit("a fox", -3, Mask(3, 2, b"\x00\x01\x02\xff\xfe\xfd"), (0.25, 0.0, 1.0, 0.5))
    recipe = Recipe("sea", 1, 64, 48, "linocut", (Variation(2, "subtle"),), (edit, edit))

    assert parsed(recipe.text()) == recipe
    assert '"version": 2' in recipe.text()
    assert parsed(WRITTEN_BY_AN_OLDER_HOUSE).text() == WRITTEN_BY_AN_OLDER_HOUSE


@pytest.mark.parametrize(
    "change",
    [
        ('"values": "', '"values": "AAAA'), ('"width": 3, "height": 2', '"width": 30, "height": 2'),
        ('"width": 3, "height": 2', '"width": 9999, "height": 9999'), ("[0.25, 0.0", "[1.0, 0.0"),
        ("[0.25, 0.0", "[NaN, 0.0"), ("[0.25, 0.0", '["a", 0.0'), ('"seed": -3', '"seed": 9223372036854775808'),
        ('"mask": {', '"mask": [], "was": {'), ('"edits": [{', '"edits": [[], {'), ('"version": 2', '"version": []'),
    ],
)  # fmt: skip
def test_a_recipe_whose_edits_we_did_not_write_is_foreign(change: tuple[str, str]):
    text = Recipe("sea", 1, 64, 48, edits=(Edit("a fox", -3, Mask(3, 2, bytes(6)), (0.25, 0.0, 1.0, 0.5)),)).text()
    assert change[0] in text

    with pytest.raises(ForeignPicture):
        parsed(text.replace(*change))


def test_a_print_says_outright_in_which_technique_it_was_made(tmp_path: Path):
    path = tmp_path / "print.png"

    make(Recipe("a stormy sea, linocut", 1, 64, 48, "auto"), path)

    assert read_from(path).technique == "linocut"


async def test_a_print_that_takes_a_while_is_seen_on_the_way(local: LocalPrint, tmp_path: Path):
    heard = Heard()

    await local.run(call(tmp_path, (0, 1), side=2048), heard)

    assert {index for index, _ in heard.previews} == {0, 1}
    for _, preview in heard.previews:
        assert preview.content_type == "image/webp"
        assert preview.path.stat().st_size < 40_000
        with Image.open(preview.path) as image:
            assert (image.format, image.size) == ("WEBP", (preview.width, preview.height))
            assert max(image.size) <= 320


async def test_a_print_that_is_done_at_once_has_no_preview(local: LocalPrint, tmp_path: Path):
    await local.run(call(tmp_path, side=16), Heard())  # the press is warm now
    heard = Heard()

    await local.run(call(tmp_path, side=48), heard)

    assert heard.previews == []


def _png(*chunks: tuple[bytes, bytes]) -> bytes:
    parts = [
        struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body)) for kind, body in chunks
    ]
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


def _flood(width: int, height: int, kind: int = 2) -> bytes:
    """A small file that decodes to one colour, very large."""
    packer = zlib.compressobj(9)
    row = bytes(1 + width * (3 if kind == 2 else 1))
    body = b"".join(packer.compress(row) for _ in range(height)) + packer.flush()
    head = struct.pack(">IIBBBBB", width, height, 8, kind, 0, 0, 0)
    return _png((b"IHDR", head), (b"IDAT", body), (b"IEND", b""))


def _notes() -> bytes:
    """A picture with a text of 200 MB in front of its pixels."""
    note = b"comment\0" + b"a" * 200_000_000
    return _png(
        (b"IHDR", struct.pack(">IIBBBBB", 8, 8, 8, 0, 0, 0, 0)),
        (b"tEXt", note),
        (b"IDAT", zlib.compress(bytes(72))),
        (b"IEND", b""),
    )


BOMBS: dict[str, Callable[[], bytes]] = {
    "flood of pixels": lambda: _flood(12_000, 10_000),
    "sides that multiply": lambda: _png((b"IHDR", struct.pack(">IIBBBBB", 2**31 - 1, 2**31 - 1, 8, 2, 0, 0, 0))),
    "cut off": lambda: _flood(400, 400)[:200],
    "page": lambda: b"<html><script>alert(1)</script></html>",
    "drawing": lambda: b'<svg xmlns="http://www.w3.org/2000/svg"><script/></svg>',
    "nothing": lambda: b"",
    "text of 200 MB": _notes,
}


@pytest.mark.parametrize("bomb", BOMBS)
async def test_a_file_that_asks_for_too_much_is_refused_quickly_and_the_press_goes_on(
    local: LocalPrint, tmp_path: Path, own: Path, bomb: str
):
    path = tmp_path / "bomb"
    path.write_bytes(BOMBS[bomb]())
    await ran(local, tmp_path / "warm", "describe", {}, image=own)

    before = busy_s()
    refused = await refusal(local, tmp_path / "out", "describe", {}, image=path)

    assert busy_s() - before < 2
    assert refused.code in {"provider.picture_too_large", "provider.unreadable_picture"}
    assert max(psutil.Process(child.pid).memory_info().rss for child in children()) < 512 << 20
    assert (await ran(local, tmp_path / "out", "describe", {}, image=own))[1].units == 1


async def test_the_largest_picture_that_is_read_fits_in_its_memory(local: LocalPrint, tmp_path: Path):
    path = tmp_path / "large.png"
    path.write_bytes(_flood(8_000, 8_000))

    _, report = await ran(local, tmp_path / "out", "describe", {}, image=path)

    assert report.text is not None
    assert "8000 x 8000 pixels, dark on the whole" in report.text
    (peak,) = [high_water(child.pid) for child in children()]
    assert peak < 512 << 20


def busy_s() -> float:
    """The presses' processor time: what a bomb costs, however busy the machine is besides."""
    return sum(times.user + times.system for times in (child.cpu_times() for child in children()))


def high_water(pid: int) -> int:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) << 10 for line in lines if line.startswith("VmHWM"))
