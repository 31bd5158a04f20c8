#!/usr/bin/env python3
"""The engine beside sharp: the same work by one thread of each, in turns, with quality, bytes and memory beside time."""

import argparse
import contextlib
import json
import pathlib
import statistics
import subprocess
import tempfile

import common
from worker import Worker
from works import WORKS

PEER = common.ROOT / "bench" / "peers" / "sharp"
# One turn of one engine takes about this long, so that short work is not lost in the clock's steps.
TURN_MS = 250


class Bench:
    def __init__(self, arguments, folder):
        self.arguments = arguments
        self.folder = folder
        self.rounds = 1 if arguments.quick else arguments.rounds

    def ours(self, work, quality=80):
        recipe = work.recipe.format(quality=quality)
        return Worker([self.arguments.engine, recipe, str(common.media(work.source)), *work.features])

    def peer(self, work):
        return Worker(["node", str(PEER / "engine.mjs"), json.dumps(work.steps), str(common.media(work.source))])

    def measure(self, work):
        with self.ours(work) as worker:
            refused = worker.unavailable or worker.run(1).get("unavailable")
            if refused:
                return {"unavailable": refused}
        results, quality = self.results(work)
        found = self.times(work, quality)
        found |= {"quality_number": quality} if work.search else {}
        found["bytes"] = {name: path.stat().st_size for name, path in results.items()}
        found["scores"] = self.scores(work, results)
        found["memory"] = {
            "lightmill": self.memory(lambda: self.ours(work, quality)),
            "sharp": self.memory(lambda: self.peer(work)),
        }
        found["verdicts"] = verdicts(work, found)
        return found

    def results(self, work):
        """One file of each engine, and lightmill's quality number for it."""
        peer = self.file(work, "sharp")
        with self.peer(work) as worker:
            worker.run(1)
            worker.ask(f"save {peer}")
        if not work.search:
            return {"lightmill": self.make(work, 80), "sharp": peer}, 80
        # The reference is made once, and not for every try.
        reference = self.folder / f"{work.name}-reference.png"
        size = "x".join(map(str, self.size(self.viewable(peer))))
        self.score(["--resize", size, "--save", str(reference)], common.media(work.source), [])

        def ssimulacra2(path):
            return self.score([], reference, [self.viewable(path)])[0]["ssimulacra2"]

        wanted = ssimulacra2(peer)
        low, high, best = 1, 100, None
        while low <= high:
            quality = (low + high) // 2
            score = ssimulacra2(self.make(work, quality))
            if best is None or abs(score - wanted) < abs(best[1] - wanted):
                best = (quality, score)
            if abs(score - wanted) <= 0.3:
                break
            low, high = (quality + 1, high) if score < wanted else (low, quality - 1)
        return {"lightmill": self.make(work, best[0]), "sharp": peer}, best[0]

    def make(self, work, quality):
        path = self.file(work, "lightmill")
        with self.ours(work, quality) as worker:
            worker.run(1)
            worker.ask(f"save {path}")
        return path

    def file(self, work, engine):
        return self.folder / f"{work.name}-{engine}"

    def scores(self, work, results):
        """By engine; for work that is scored against the peer, one score under "between"."""
        seen = {name: self.viewable(path) for name, path in results.items()}
        if work.score == "peer":
            return {"between": self.score([], seen["sharp"], [seen["lightmill"]])[0]}
        size, window = work.cover or (self.size(next(iter(seen.values()))), None)
        options = ["--resize", "x".join(map(str, size))]
        options += ["--window", "x".join(map(str, window))] if window else []
        options += ["--linear"] if work.score == "linear" else []
        return dict(zip(seen, self.score(options, common.media(work.source), seen.values()), strict=True))

    def score(self, options, reference, results):
        command = [self.arguments.score, *options, str(reference), *map(str, results)]
        run = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
        return [json.loads(line)["quality"] for line in run.stdout.splitlines()]

    def size(self, path):
        run = subprocess.run([self.arguments.score, str(path), str(path)], stdout=subprocess.PIPE, text=True, check=True)
        found = json.loads(run.stdout)
        return found["width"], found["height"]

    def viewable(self, path):
        """What the scores' decoders cannot read is read by sharp, whichever engine wrote it."""
        if path.read_bytes()[4:8] != b"ftyp":
            return path
        png = path.with_suffix(".png")
        with Worker(["node", str(PEER / "engine.mjs"), '[["png"]]', str(path)]) as worker:
            worker.ask(f"decode {path} {png}")
        return png

    def times(self, work, quality):
        with self.ours(work, quality) as ours, self.peer(work) as peer:
            engines = {"lightmill": ours, "sharp": peer}
            # The first run of each warms caches and says how many make a turn.
            counts = {name: max(1, round(TURN_MS / worker.run(1)["cpu_ms"])) for name, worker in engines.items()}
            rounds = [
                {name: worker.run(counts[name]) for name, worker in engines.items()} for _ in range(self.rounds)
            ]
        ratios = [r["lightmill"]["cpu_ms"] / r["sharp"]["cpu_ms"] for r in rounds]
        return {
            "counts": counts,
            "rounds": rounds,
            "cpu_ms": {name: statistics.median(r[name]["cpu_ms"] for r in rounds) for name in engines},
            "cpu_ratio": statistics.median(ratios),
            "cpu_ratio_range": [min(ratios), max(ratios)],
        }

    def memory(self, start):
        """The most that three fresh processes held over what they held when their file was read, for three jobs each."""
        peaks = []
        for _ in range(1 if self.arguments.quick else 3):
            with start() as worker:
                worker.run(3)
                peaks.append(worker.peak_over_base())
        return statistics.median(peaks)


def verdicts(work, found):
    """Whether each target is met; targets that do not exist are left out."""
    scores, made = found["scores"], {}
    if work.cpu is not None:
        made["cpu"] = found["cpu_ratio"] <= work.cpu
    if work.memory is not None:
        made["memory"] = found["memory"]["lightmill"] <= work.memory * found["memory"]["sharp"]
    made["bytes"] = found["bytes"]["lightmill"] <= work.bytes * found["bytes"]["sharp"]
    if "between" not in scores:
        ours, peer = scores["lightmill"], scores["sharp"]
        # At equal SSIMULACRA2 the search says how close a whole number of quality comes.
        loss = max(work.ssimulacra2_loss, 0.3) if work.search else work.ssimulacra2_loss
        made["ssimulacra2"] = peer["ssimulacra2"] - ours["ssimulacra2"] <= loss
        if work.psnr_loss is not None and ours["psnr_db"] is not None and peer["psnr_db"] is not None:
            made["psnr"] = peer["psnr_db"] - ours["psnr_db"] <= work.psnr_loss
    return made


def text(result):
    lines = [
        "# Engine: lightmill and sharp, one thread each, in turns",
        "",
        f"{result['rounds']} rounds, A B A B, each turn about {TURN_MS} ms of processor time, both on one core "
        "(`taskset`); files are in memory, nothing is cached. Time is processor time of the whole process; the ratio is "
        "the median of the rounds' own ratios, with the least and the greatest. Memory is the peak over what a fresh "
        "process holds when its file is read (median of three processes, three jobs each). Scores are luma PSNR, luma "
        "SSIM and SSIMULACRA2 against a full decode and Lanczos3 in floating point by other decoders (`best`: in linear "
        "light); where the engines are compared with each other the scores are those between them. "
        "**Bold** misses its target.",
        "",
    ]
    for key in ("date", "machine", "memory_gib", "system", "lightmill", "commit", "rustc", "sharp", "libvips", "node"):
        lines.append(f"* {key}: {result[key]}")
    lines += [
        f"* load average before: {result['load_average_before']:.2f}",
        "",
        "| work | lightmill ms | sharp ms | ratio (range) | target | kB | memory MB | PSNR dB | SSIM | SSIMULACRA2 |",
        "| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |",
    ]
    lines += [row(work, result["works"][work.name]) for work in WORKS if work.name in result["works"]]
    lines += ["", "Two numbers in a cell are lightmill's and sharp's.", "", "| work | what is done |", "| --- | --- |"]
    for work in WORKS:
        if work.name in result["works"]:
            features = "".join(f" + {feature}" for feature in work.features)
            lines.append(f"| {work.name} | `{work.source}` → `{work.recipe}`{features} |")
    return "\n".join(lines) + "\n"


def row(work, found):
    if "unavailable" in found:
        return f"| {work.name} | not available: {found['unavailable']} | | | {work.cpu} | | | | | |"
    verdict = found["verdicts"]

    def cell(name, value):
        return value if verdict.get(name, True) else f"**{value}**"

    low, high = found["cpu_ratio_range"]
    number = f" (q {found['quality_number']})" if "quality_number" in found else ""
    ours, peer = found["bytes"]["lightmill"], found["bytes"]["sharp"]
    return " | ".join(
        [
            f"| {work.name}{number}",
            f"{found['cpu_ms']['lightmill']:.1f}",
            f"{found['cpu_ms']['sharp']:.1f}",
            cell("cpu", f"{found['cpu_ratio']:.3f}") + f" ({low:.3f}–{high:.3f})",
            "–" if work.cpu is None else f"{work.cpu}",
            cell("bytes", f"{ours / 1000:.1f}, {peer / 1000:.1f} ({ours / peer:.2f})"),
            cell("memory", f"{found['memory']['lightmill'] / 1e6:.1f}, {found['memory']['sharp'] / 1e6:.1f}"),
            cell("psnr", scores(found, "psnr_db", 2)),
            scores(found, "ssim", 4),
            cell("ssimulacra2", scores(found, "ssimulacra2", 1)) + " |",
        ]
    )


def scores(found, key, digits):
    values = [score[key] for score in found["scores"].values()]
    return ", ".join("equal" if value is None else f"{value:.{digits}f}" for value in values)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--engine", required=True, help="the engine's worker")
    parser.add_argument("--score", required=True, help="the program that scores")
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--quick", action="store_true", help="one round, and nothing is written to results")
    parser.add_argument("--only", action="append", metavar="NAME", help="only this work; may be given again")
    parser.add_argument("--keep", metavar="FOLDER", help="leave the results there")
    arguments = parser.parse_args()
    names = [work.name for work in WORKS]
    for name in arguments.only or []:
        if name not in names:
            parser.error(f"no such work: {name} ({', '.join(names)})")
    result = common.sheet() | {
        "sharp": json.loads((PEER / "node_modules/sharp/package.json").read_text())["version"],
        "libvips": common.output("node", "-p", f"require('{PEER}/node_modules/sharp').versions.vips"),
        "node": common.output("node", "--version"),
        "rounds": 1 if arguments.quick else arguments.rounds,
        "works": {},
    }
    with contextlib.ExitStack() as stack:
        folder = arguments.keep or stack.enter_context(tempfile.TemporaryDirectory(prefix="lightmill-bench-"))
        pathlib.Path(folder).mkdir(parents=True, exist_ok=True)
        bench = Bench(arguments, pathlib.Path(folder))
        for work in WORKS:
            if arguments.only is None or work.name in arguments.only:
                print(f"{work.name} ...", flush=True)
                result["works"][work.name] = bench.measure(work)
    if arguments.quick or arguments.only:
        print(text(result))
    else:
        common.save("engine", result, text(result))


if __name__ == "__main__":
    main()
