"""What a JPEG file says about itself."""

# ITU-T T.81, table K.1, in zigzag order.
LUMINANCE = [
    16, 11, 12, 14, 12, 10, 16, 14, 13, 14, 18, 17, 16, 19, 24, 40,
    26, 24, 22, 22, 24, 49, 35, 37, 29, 40, 58, 51, 61, 60, 57, 51,
    56, 55, 64, 72, 92, 78, 64, 68, 87, 69, 55, 56, 80, 109, 81, 87,
    95, 98, 103, 104, 103, 62, 77, 113, 121, 112, 100, 120, 92, 101, 103, 99,
]  # fmt: skip


def segments(data):
    at = 2
    while at + 4 <= len(data) and data[at] == 0xFF:
        length = int.from_bytes(data[at + 2 : at + 4], "big")
        yield data[at + 1], data[at + 4 : at + 2 + length]
        if data[at + 1] == 0xDA:
            return
        at += 2 + length


def quality(data):
    """The quality on libjpeg's scale whose luminance table is nearest to the file's."""
    for marker, content in segments(data):
        if marker == 0xDB and content[0] & 0x0F == 0:
            table = content[1:65]
            return min(range(1, 101), key=lambda q: sum(abs(a - b) for a, b in zip(table, scaled(q))))
    return None


def scaled(quality):
    scale = 5000 / quality if quality < 50 else 200 - 2 * quality
    return [min(255, max(1, int((value * scale + 50) / 100))) for value in LUMINANCE]


def size_and_sampling(data):
    """Width, height and the sampling factors of luminance, e.g. `2x2` for 4:2:0."""
    for marker, content in segments(data):
        if marker in (0xC0, 0xC1, 0xC2):
            height, width = int.from_bytes(content[1:3], "big"), int.from_bytes(content[3:5], "big")
            return width, height, f"{content[7] >> 4}x{content[7] & 15}"
    return None
