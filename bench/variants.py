#!/usr/bin/python3
"""Five variants of 200 photos: `lightmill worker` on a folder, beside a Pillow script that makes the same, in turns."""

import argparse
import os
import pathlib
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

import numpy
import PIL
from PIL import Image, ImageOps, features

import common

PHOTOS = 200
SAMPLES = ["rocket.jpg", "coffee.png", "chelsea.png", "astronaut.png"]
# One of so many is of camera size.
LARGE = 10
VARIANTS = ["compressed.jpg", "low.jpg", "png.png", "thumbnail.jpg", "webp.webp"]
NAME = re.compile(r"^(\d+)_([a-z]+)_[0-9a-f]{16}\.([a-z]+)$")


def main():
    if sys.argv[1:2] == ["--peer"]:
        return peer(*map(pathlib.Path, sys.argv[2:4]))
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--binary", required=True)
    parser.add_argument("--rounds", type=int, default=3)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="lightmill-bench-") as folder:
        folder = pathlib.Path(folder)
        uploads = folder / "uploads"
        uploads.mkdir()
        for number in range(PHOTOS):
            photo = common.ROOT / "samples" / SAMPLES[number % len(SAMPLES)]
            photo = common.media("2mp.jpg") if number % LARGE == 0 else photo
            os.link(copy(photo, folder), uploads / f"{number}{photo.suffix}")
        rounds = [round_of(arguments.binary, uploads, folder) for _ in range(arguments.rounds)]
        scores = compared(folder / "lightmill", folder / "pillow")
    keys = ["lightmill_s", "pillow_s", "lightmill_peak_bytes", "pillow_peak_bytes", "lightmill_cpu_s", "pillow_cpu_s"]
    result = common.sheet() | {
        "pillow": f"{PIL.__version__}, libjpeg-turbo {features.version('libjpeg_turbo')}, WebP {features.version('webp')}",
        "photos": PHOTOS,
        "rounds": rounds,
        "summary": {key: statistics.median(row[key] for row in rounds) for key in keys},
        "ratios": sorted(row["pillow_s"] / row["lightmill_s"] for row in rounds),
        "variants": scores,
    }
    common.save("variants", result, text(result))


def copy(photo, folder):
    """One copy for all names, on the same file system."""
    kept = folder / f"original-{photo.name}"
    if not kept.exists():
        shutil.copy(photo, kept)
    return kept


def round_of(binary, uploads, folder):
    row = {}
    for name, command in [
        ("lightmill", [binary, "worker", "--watch", str(uploads), "--to", str(folder / "lightmill")]),
        ("pillow", ["/usr/bin/python3", __file__, "--peer", str(uploads), str(folder / "pillow")]),
    ]:
        target = folder / name
        shutil.rmtree(target, ignore_errors=True)
        target.mkdir()
        environment = {**os.environ, "LIGHTMILL_SERVER__ADMIN": "127.0.0.1:0", "LIGHTMILL_LOG__LEVEL": "warn"}
        start = time.perf_counter()
        process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL)
        peak = cpu = 0
        while count(target) < PHOTOS * len(VARIANTS):
            time.sleep(0.05)
            peak = max(peak, common.memory(process.pid, "VmHWM"))
            cpu = max(cpu, seconds(process.pid))
        row |= {f"{name}_s": time.perf_counter() - start, f"{name}_peak_bytes": peak, f"{name}_cpu_s": cpu}
        process.terminate()
        process.wait()
    return row


def count(folder):
    return sum(1 for entry in os.scandir(folder) if not entry.name.startswith("."))


def seconds(pid):
    try:
        fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    except OSError:
        return 0
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def peer(uploads, target):
    """The same five variants, as people write them with Pillow."""
    for path in sorted(uploads.iterdir()):
        picture = ImageOps.exif_transpose(Image.open(path))
        plain = picture.convert("RGB")
        save = lambda picture, name, **options: write(picture, target / f"{path.stem}_{name}", options)
        save(plain, "compressed.jpg", quality=85)
        save(plain, "low.jpg", quality=60)
        save(picture, "webp.webp", quality=85)
        save(picture, "png.png")
        thumbnail = plain.copy()
        thumbnail.thumbnail((200, 200), Image.LANCZOS)
        save(thumbnail, "thumbnail.jpg")


def write(picture, path, options):
    """Under another name first, as whoever reads must see all or nothing."""
    unfinished = path.with_name("." + path.name)
    picture.save(unfinished, **options)
    unfinished.rename(path)


def compared(own, others):
    """Of every variant: sizes that are not the same, the least PSNR, and the bytes of all photos."""
    files = {match.group(1, 2): own / name for name in os.listdir(own) if (match := NAME.match(name))}
    scores = {}
    for variant in VARIANTS:
        name = variant.split(".")[0]
        pairs = [(files[str(number), name], others / f"{number}_{variant}") for number in range(PHOTOS)]
        # Most photos are the same: each is compared once.
        distinct = [pairs[number] for number in [*range(len(SAMPLES)), 0, LARGE]]
        ratios = [psnr(*pair) for pair in distinct]
        scores[name] = {
            "least_psnr_db": min(ratios),
            "bytes": sum(pair[0].stat().st_size for pair in pairs),
            "pillow_bytes": sum(pair[1].stat().st_size for pair in pairs),
        }
    return scores


def psnr(one, other):
    one, other = (Image.open(path).convert("RGB") for path in (one, other))
    assert one.size == other.size, (one.size, other.size)
    error = numpy.mean((numpy.asarray(one, float) - numpy.asarray(other, float)) ** 2)
    return 99.0 if error == 0 else 10 * numpy.log10(255**2 / error)


def text(result):
    summary, ratios = result["summary"], result["ratios"]
    lines = [
        "# Variants",
        "",
        f"{result['photos']} photos in a folder (three quarters of a megapixel and less, every tenth of two megapixels) become five "
        "variants each: `lightmill worker --watch --to` from its start on, beside a Pillow script of one process. "
        f"{len(result['rounds'])} rounds, in turns; medians.",
        "",
    ]
    for key in ("date", "machine", "memory_gib", "system", "lightmill", "commit", "rustc", "pillow"):
        lines.append(f"* {key}: {result[key]}")
    lines.append(f"* load average before: {result['load_average_before']:.2f}")
    lines += ["", "| | lightmill | Pillow |", "| --- | --- | --- |"]
    for label, key, scale, form in [
        ("time, s", "s", 1, ".1f"), ("processor time, s", "cpu_s", 1, ".1f"), ("peak memory, MB", "peak_bytes", 1e6, ".0f"),
    ]:
        own, other = (format(summary[f"{name}_{key}"] / scale, form) for name in ("lightmill", "pillow"))
        lines.append(f"| {label} | {own} | {other} |")
    rate = [result["photos"] / summary[f"{name}_s"] for name in ("lightmill", "pillow")]
    lines.append(f"| photos a second | {rate[0]:.1f} | {rate[1]:.1f} |")
    lines += ["", f"Photos a second against Pillow: {statistics.median(ratios):.2f} times ({ratios[0]:.2f} to {ratios[-1]:.2f}).", "",
              "| variant | least PSNR against Pillow's, dB | bytes | Pillow's |", "| --- | --- | --- | --- |"]
    for name, row in result["variants"].items():
        lines.append(f"| {name} | {row['least_psnr_db']:.1f} | {row['bytes']} | {row['pillow_bytes']} |")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    main()
