#!/usr/bin/env python3
"""Makes pictures of camera size from samples/, the same ones on every run: make_media.py FOLDER [NAME ...].

Photos of that size that may be passed on freely are rare, and an enlarged photo is too smooth: it compresses to a
fraction of what a camera writes. So the samples are enlarged, sharpened, laid side by side and given a sensor's noise,
which grows with brightness, until a 12-megapixel JPEG of quality 90 has the 3 to 5 MB of a phone's.
Needs Pillow and numpy.
"""

import math
import pathlib
import sys

import numpy
from PIL import Image, ImageDraw, ImageFilter

SAMPLES = pathlib.Path(__file__).resolve().parent.parent / "samples"
NAMES = ("astronaut.png", "coffee.png", "chelsea.png", "rocket.jpg", "hubble_deep_field.jpg")


def photo(index):
    return Image.open(SAMPLES / NAMES[index % len(NAMES)]).convert("RGB")


def cover(picture, width, height):
    """`picture` enlarged until it covers the box, sharpened, its middle cut out."""
    scale = max(width / picture.width, height / picture.height)
    size = (max(width, round(picture.width * scale)), max(height, round(picture.height * scale)))
    large = picture.resize(size, Image.LANCZOS).filter(ImageFilter.UnsharpMask(3, 80, 0))
    left, top = (size[0] - width) // 2, (size[1] - height) // 2
    return large.crop((left, top, left + width, top + height))


def sheet(width, height, columns, rows, first, grain, colour_grain):
    """Samples from number `first` on in a grid, with noise of these standard deviations common to and apart in R, G, B."""
    canvas = Image.new("RGB", (width, height))
    across = [width * i // columns for i in range(columns + 1)]
    down = [height * i // rows for i in range(rows + 1)]
    for row in range(rows):
        for column in range(columns):
            box = (across[column], down[row], across[column + 1], down[row + 1])
            tile = cover(photo(first + row * columns + column), box[2] - box[0], box[3] - box[1])
            canvas.paste(tile, box)
    pixels = numpy.asarray(canvas, dtype=numpy.float32)
    random = numpy.random.default_rng(width * 100_003 + height)
    noise = grain * random.standard_normal((height, width, 1), dtype=numpy.float32)
    noise = noise + colour_grain * random.standard_normal((height, width, 3), dtype=numpy.float32)
    noise *= 0.6 + 0.6 * numpy.sqrt(pixels / 255)
    return Image.fromarray(numpy.clip(pixels + noise, 0, 255).astype(numpy.uint8))


def jpeg(path, picture, **options):
    picture.save(path, **{"quality": 90, "subsampling": "4:2:0", **options})


def twelve():
    return sheet(4032, 3024, 2, 2, 0, 4.6, 1.6)


def two():
    return sheet(1632, 1224, 2, 1, 1, 3.2, 1.2)


def oriented(path):
    exif = Image.Exif()
    exif[0x0112] = 6
    jpeg(path, two(), exif=exif)


def soft_oval(path):
    """A photo whose alpha falls from 255 to 0 along the edge of an oval."""
    width, height = 2400, 1700
    picture = sheet(width, height, 2, 1, 2, 1.0, 0.3)
    y, x = numpy.mgrid[0:height, 0:width]
    inside = 1 - numpy.hypot((x - width / 2) / 1150, (y - height / 2) / 820)
    alpha = (numpy.clip(inside * 12, 0, 1) * 255).astype(numpy.uint8)
    pixels = numpy.dstack([numpy.asarray(picture), alpha])
    pixels[alpha == 0] = 0
    Image.fromarray(pixels).save(path, compress_level=6)


def flat_graphic(path):
    random = numpy.random.default_rng(7)
    canvas = Image.new("RGBA", (1600, 1200))
    draw = ImageDraw.Draw(canvas)
    for index in range(120):
        left, top, width, height = (int(n) for n in random.integers((0, 0, 20, 20), (1500, 1100, 300, 300)))
        fill = tuple(int(n) for n in random.integers((0, 0, 0, 120), 256))
        box = (left, top, left + width, top + height)
        if index % 2:
            draw.rounded_rectangle(box, radius=12, fill=fill)
        else:
            draw.ellipse(box, fill=fill)
    canvas.save(path)


def gif(path, frames, delay):
    first, *others = frames
    first.save(path, save_all=True, append_images=others, duration=delay, loop=0, optimize=False)


def panning(path):
    """A camera that circles over a photo while a ball crosses the picture: every pixel of every frame is new."""
    base = photo(1).resize((960, 640), Image.LANCZOS)
    frames = []
    for index in range(30):
        angle = 2 * math.pi * index / 30
        left, top = round(60 + 60 * math.sin(angle)), round(60 + 60 * math.cos(angle))
        frame = base.crop((left, top, left + 720, top + 405)).resize((480, 270), Image.LANCZOS)
        x = 20 + 12 * index
        ImageDraw.Draw(frame).ellipse((x, 100, x + 60, 160), fill=(255, 40, 40))
        frames.append(frame.quantize(256, method=Image.MEDIANCUT, dither=Image.FLOYDSTEINBERG))
    gif(path, frames, 60)


def small_changes(path):
    """A still desk with a cursor that moves: all but a few hundred pixels of each frame are those of the one before."""
    desk = Image.new("RGB", (480, 270), (244, 244, 246))
    draw = ImageDraw.Draw(desk)
    draw.rectangle((0, 0, 479, 24), fill=(40, 44, 52))
    for row in range(9):
        length = 120 + 37 * (row * 5 % 7)
        draw.rectangle((20, 48 + 22 * row, 20 + length, 56 + 22 * row), fill=(90, 96, 110))
    desk.paste(photo(2).resize((128, 85), Image.LANCZOS), (340, 150))
    palette = desk.quantize(248, method=Image.MEDIANCUT)
    frames = []
    for index in range(30):
        frame = desk.copy()
        x, y = 30 + 9 * index, 60 + round(40 * math.sin(index / 4))
        ImageDraw.Draw(frame).polygon(((x, y), (x + 14, y + 9), (x + 8, y + 10), (x + 11, y + 18)), fill=(40, 44, 52))
        frames.append(frame.quantize(palette=palette, dither=Image.NONE))
    gif(path, frames, 60)


def watermark(path):
    mark = Image.new("RGBA", (240, 80))
    draw = ImageDraw.Draw(mark)
    draw.rounded_rectangle((4, 4, 236, 76), 20, fill=(255, 255, 255, 140))
    draw.text((40, 30), "WATERMARK", fill=(0, 0, 0, 220))
    mark.save(path)


MEDIA = {
    "12mp.jpg": lambda path: jpeg(path, twelve()),
    "12mp-progressive.jpg": lambda path: jpeg(path, twelve(), progressive=True),
    "12mp-444.jpg": lambda path: jpeg(path, twelve(), subsampling="4:4:4"),
    "24mp.jpg": lambda path: jpeg(path, sheet(6000, 4000, 3, 2, 1, 4.6, 1.6)),
    "2mp.jpg": lambda path: jpeg(path, two()),
    "2mp-orientation-6.jpg": oriented,
    "4mp-alpha.png": soft_oval,
    "flat-graphic.png": flat_graphic,
    "animation-30-frames.gif": panning,
    "small-changes.gif": small_changes,
    "watermark.png": watermark,
}


def main():
    folder = pathlib.Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    for name in sys.argv[2:] or MEDIA:
        # A half-written picture must never look like a whole one.
        part = folder / f".part-{name}"
        MEDIA[name](part)
        part.rename(folder / name)
        print(f"{name}: {(folder / name).stat().st_size} bytes")


if __name__ == "__main__":
    main()
