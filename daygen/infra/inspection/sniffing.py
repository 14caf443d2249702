"""What a file is by its first bytes, whatever it is called: only kinds that are looked into further."""

HEAD_BYTES = 32

_BEGINNINGS = {
    b"\x89PNG\r\n\x1a\n": "image/png",
    b"\xff\xd8\xff": "image/jpeg",
    b"GIF87a": "image/gif",
    b"GIF89a": "image/gif",
    b"\x1a\x45\xdf\xa3": "video/webm",  # Matroska too
}
_BRANDS = {b"avif": "image/avif", b"avis": "image/avif", b"qt  ": "video/quicktime"}
_VIDEO_BRANDS = (b"iso", b"mp4", b"avc1", b"M4V ", b"dash", b"MSNV", b"3gp")


def sniffed(head: bytes) -> str | None:
    """Name the content type of a file that begins like this; None for everything else."""
    for beginning, content_type in _BEGINNINGS.items():
        if head.startswith(beginning):
            return content_type
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "image/webp"
    if head[4:8] == b"ftyp":
        brand = head[8:12]
        return _BRANDS.get(brand) or ("video/mp4" if brand.startswith(_VIDEO_BRANDS) else None)
    return None
