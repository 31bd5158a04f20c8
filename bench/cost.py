#!/usr/bin/env python3
"""What plans estimate and what their work costs; and the table of prices that would estimate best."""

import argparse
import json
import math
import os
import pathlib
import re
import shutil
import statistics
import subprocess
import tempfile

import common
from worker import Worker, pinned
from works import WATERMARK

TABLE = common.ROOT / "crates" / "image" / "src" / "plan" / "cost" / "table.rs"
ENTRY = re.compile(r"^    (\w+) = \(([\d._]+), ([\d._]+)\),$", re.MULTILINE)
# An estimate is good within this factor of what was measured.
FACTOR = 1.5
# No work is free, however little there is of it here.
FLOOR = (0.3, 0.01)
# Less time is the clock's, less memory the kernel's pages and the allocator's small blocks.
LEAST_MS, LEAST_BYTES = 0.2, 256 << 10

STILL = {
    "-baseline.jpg": "quality,Q_85/format,jpg/interlace,0",
    "-progressive.jpg": "quality,Q_85/format,jpg/interlace,1",
    ".png": "format,png",
    ".webp": "quality,Q_85/format,webp",
    ".bmp": "format,bmp",
    ".tiff": "format,tiff",
    ".avif": "quality,Q_60/format,avif",
}
TRANSPARENT = {".png": "format,png", ".webp": "quality,Q_85/format,webp"}
ANIMATED = {".gif": "format,gif", ".webp": "quality,Q_80/format,webp"}
# Recipes with features that the OSS dialect has no word for (`Job::FEATURES`).
FEATURED = [
    ("resize,w_300/format,avif", "small"),
    ("resize,w_900/format,avif", "small"),
    ("resize,w_300/format,jpg", "small"),
    ("resize,w_900/format,jpg", "small"),
    ("resize,w_300/format,png", "palette"),
    ("resize,w_900/format,png", "palette"),
    ("resize,w_300/format,jpg", "best"),
    ("resize,w_900/format,jpg", "best"),
]
# What is made of the sources below: sides in pixels, of every picture in every format.
SMALLER = [
    ("12mp.jpg", STILL, (320, 800, 1600)),
    ("4mp-alpha.png", TRANSPARENT, (320, 1200)),
    ("animation-30-frames.gif", ANIMATED, (160, 320)),
    ("small-changes.gif", ANIMATED, (320,)),
]
LARGE = (
    "12mp.jpg",
    "12mp-progressive.jpg",
    "24mp.jpg",
    "4mp-alpha.png",
    "flat-graphic.png",
    "animation-30-frames.gif",
    "small-changes.gif",
)
# What every operation is tried on.
OPERATED = ("12mp-1600-baseline.jpg", "12mp-800.png", "4mp-alpha-1200.png")
OPERATIONS = [
    "resize,m_pad,w_900,h_900,color_FF0000/resize,w_700",
    "resize,m_fill,w_500,h_300",
    "resize,w_2000,limit_0",
    "crop,x_51,y_20,w_300,h_200",
    "crop,x_400,y_300,w_400,h_400/resize,w_100",
    "indexcrop,x_100,i_1",
    "circle,r_150",
    "rounded-corners,r_40",
    "rotate,90",
    "rotate,30",
    "blur,r_3,s_2",
    "blur,r_30,s_20",
    "sharpen,100",
    "bright,20",
    "contrast,20",
    WATERMARK,
    "watermark,text_SGVsbG8gd29ybGQ,size_40,color_FFFFFF",
    "resize,w_600/sharpen,150/bright,10/rotate,5",
]


def sources(arguments, folder):
    """Pictures of several sizes in every format that this build writes, by name."""
    found = {name: common.media(name) for name in LARGE}
    shutil.copy(common.media("watermark.png"), folder)
    for name, endings, sides in SMALLER:
        for side in sides:
            for ending, options in endings.items():
                path = folder / f"{name.split('.')[0]}-{side}{ending}"
                command = [arguments.engine, f"image/resize,w_{side}/{options}", str(common.media(name))]
                with Worker(command) as worker:
                    if worker.unavailable is None and "unavailable" not in worker.run(1):
                        worker.ask(f"save {path}")
                        found[path.name] = path
    return found


def cases(names):
    """(source, recipe, features) of everything that is measured: a few hundred, so that each kind of work meets several sizes."""
    for index, name in enumerate(names):
        animated = "animation" in name or "small-changes" in name
        transparent = "alpha" in name or "flat" in name
        outputs = [*(ANIMATED if animated else TRANSPARENT if transparent else STILL).values()]
        # Two outputs for each size, others for the next, so that all meet all in the end.
        for number, side in enumerate((96, 400, 1200)):
            for output in {(index + number) % len(outputs), (index + 3 * number + 1) % len(outputs)}:
                yield name, f"resize,w_{side},limit_1/{outputs[output]}", ()
        if name.startswith(("12mp", "24mp")) and name in LARGE:
            # Reduced to 3/4, and not at all; a part of it.
            for recipe in ("resize,w_1700", "resize,w_2600", "crop,x_1000,y_700,w_1200,h_900/resize,w_500"):
                yield name, f"{recipe}/quality,Q_85/format,jpg", ()
        if name not in LARGE:
            yield name, outputs[index % len(outputs)], ()
        yield name, "average-hue", ()
        if name in OPERATED:
            for operation in OPERATIONS:
                yield name, f"{operation}/format,{'png' if transparent else 'jpg'}", ()
            yield from ((name, recipe, (feature,)) for recipe, feature in FEATURED)


def measure(arguments, source, recipe, features):
    # Blocks above this size come from the kernel and go back to it, so that the peak is what was held.
    environment = {**os.environ, "MALLOC_MMAP_THRESHOLD_": "32768", "MALLOC_TRIM_THRESHOLD_": "32768"}
    command = [*pinned(), arguments.cost, f"image/{recipe}", str(source), *features]
    run = subprocess.run(command, env=environment, capture_output=True, text=True)
    if run.returncode == 0:
        return json.loads(run.stdout)
    print(f"{source.name} {recipe}: {run.stderr.strip()}")
    return None


def table():
    """The prices in the sources: kind → [nanoseconds, bytes]."""
    found = ENTRY.findall(TABLE.read_text())
    return {kind: [float(time.replace("_", "")), float(size.replace("_", ""))] for kind, time, size in found}


def time_of(case, prices):
    return sum(prices[kind][0] * units * times for kind, units, times, _ in case["stages"]) / 1e6


def bytes_of(case, prices):
    return max((held + prices[kind][1] * units for kind, units, _, held in case["stages"]), default=0)


def distances(found, prices, which):
    """ln(estimated ÷ measured) of every case."""
    if which == 0:
        return [math.log(max(LEAST_MS, time_of(c, prices)) / max(LEAST_MS, c["milliseconds"])) for c in found]
    return [math.log(max(LEAST_BYTES, bytes_of(c, prices)) / max(LEAST_BYTES, c["peak_bytes"])) for c in found]


def share(found, prices, which):
    far = distances(found, prices, which)
    return sum(abs(d) <= math.log(FACTOR) for d in far) / len(far)


def fit(found, prices, which):
    """Prices changed one by one by ever smaller factors, for as long as the estimates come closer: the loss is square
    near the truth and linear beyond, so that a few odd cases bend nothing."""

    def loss(cases):
        bound = math.log(FACTOR)
        far = (abs(d) for d in distances(cases, prices, which))
        return sum(d * d if d <= bound else bound * (2 * d - bound) for d in far)

    concerned = {kind: [c for c in found if any(stage[0] == kind for stage in c["stages"])] for kind in prices}
    for step in (3.0, 2.0, 1.5, 1.2, 1.1, 1.05, 1.02):
        for _ in range(12):
            better = False
            for kind, cases in concerned.items():
                for factor in (step, 1 / step):
                    if not cases:
                        continue
                    before, old = loss(cases), prices[kind][which]
                    prices[kind][which] = max(FLOOR[which], old * factor)
                    if loss(cases) < before - 1e-9:
                        better = True
                    else:
                        prices[kind][which] = old
            if not better:
                break
    return [kind for kind, cases in concerned.items() if not cases]


def number(value):
    """As the table writes it: three digits that count."""
    digits = max(0, 2 - math.floor(math.log10(value))) if value > 0 else 1
    text = f"{float(f'{value:.3g}'):,.{min(max(digits, 1), 4)}f}".replace(",", "_")
    return text


def rust(prices):
    return "\n".join(f"{kind} = ({number(time)}, {number(size)})," for kind, (time, size) in prices.items())


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--engine", required=True, help="the engine's worker, which makes the sources")
    parser.add_argument("--cost", required=True, help="the program that measures one piece of work")
    parser.add_argument("--write", action="store_true", help="put the fitted prices into the table")
    arguments = parser.parse_args()
    result = common.sheet()
    with tempfile.TemporaryDirectory(prefix="lightmill-bench-") as folder:
        files = sources(arguments, pathlib.Path(folder))
        wanted = list(cases(files))
        found = []
        for index, (name, recipe, features) in enumerate(wanted):
            if index % 25 == 0:
                print(f"{index} of {len(wanted)} ...", flush=True)
            made = measure(arguments, files[name], recipe, features)
            if made is not None:
                found.append({"source": name, "recipe": " + ".join([recipe, *features]), **made})
    before, after = table(), table()
    unmeasured = set(fit(found, after, 0)) | set(fit(found, after, 1))
    result |= {"cases": found, "before": before, "after": after, "unmeasured": sorted(unmeasured)}
    result["shares"] = {
        name: {"time": share(found, prices, 0), "bytes": share(found, prices, 1)}
        for name, prices in (("before", before), ("after", after))
    }
    if arguments.write:
        write(after)
    for case in found:
        case["measured"] = {"ms": max(LEAST_MS, case.pop("milliseconds")), "mb": max(LEAST_BYTES, case.pop("peak_bytes")) / 1e6}
        case["fitted"] = {"ms": max(LEAST_MS, time_of(case, after)), "mb": max(LEAST_BYTES, bytes_of(case, after)) / 1e6}
        # Some megabytes, which the plan says again at any time.
        del case["stages"]
    common.save("cost", result, text(result, found))


def write(prices):
    def entry(match):
        return "    {} = ({}, {}),".format(match[1], *map(number, prices[match[1]]))

    TABLE.write_text(ENTRY.sub(entry, TABLE.read_text()))


def text(result, found):
    lines = [
        "# Cost: what plans estimate, and what their work takes",
        "",
        f"{len(found)} pieces of work, each in a fresh process on one core: processor time of the run that was disturbed "
        "least (three or more), and the peak of resident memory over what was held before, with an allocator that gives "
        f"every larger block back at once. An estimate counts as good within a factor of {FACTOR}; less than "
        f"{LEAST_MS} ms or {LEAST_BYTES >> 10} KiB is not told apart.",
        "",
    ]
    for key in ("date", "machine", "memory_gib", "system", "lightmill", "commit", "rustc"):
        lines.append(f"* {key}: {result[key]}")
    lines += [f"* load average before: {result['load_average_before']:.2f}", "", "| table | time | bytes |", "| --- | --- | --- |"]
    for name, title in (("before", "in the sources"), ("after", "fitted to these measurements")):
        shares = result["shares"][name]
        lines.append(f"| {title} | {shares['time']:.0%} good | {shares['bytes']:.0%} good |")
    lines += ["", "The fitted table:", "", "```rust", rust(result["after"]), "```", ""]
    if result["unmeasured"]:
        lines += [f"Not measured: {', '.join(result['unmeasured'])}.", ""]
    lines += worst(found, result)
    return "\n".join(lines) + "\n"


def worst(found, result):
    """The cases that the fitted table estimates worst."""
    lines = ["| estimated worst | measured ms | estimated | measured MB | estimated |", "| --- | --- | --- | --- | --- |"]

    def far(case):
        return max(abs(math.log(case["fitted"][key] / case["measured"][key])) for key in ("ms", "mb"))

    for case in sorted(found, key=far, reverse=True)[:20]:
        measured, fitted = case["measured"], case["fitted"]
        lines.append(
            f"| `{case['source']}` {case['recipe']} | {measured['ms']:.1f} | {fitted['ms']:.1f} | {measured['mb']:.2f} | "
            f"{fitted['mb']:.2f} |"
        )
    middle = statistics.median(case["measured"]["ms"] for case in found)
    return [*lines, "", f"The median piece of work took {middle:.1f} ms."]


if __name__ == "__main__":
    main()
