#!/usr/bin/env python3
"""Frames of videos, and clips: lightmill with ffmpeg in its box, reading from a bucket, beside a plain ffmpeg command on the file."""

import argparse
import concurrent.futures
import os
import pathlib
import statistics
import subprocess
import tempfile
import time
import urllib.request

import clips
import common
from delivery import Nginx

# An hour of moving pictures with a key frame every ten seconds.
SECONDS = 3600
FILTER = f"testsrc2=size=1280x720:rate=5:duration={SECONDS}"
MOMENTS = {"0 s": 0, "10 min": 600, "1 h": SECONDS - 1}
PARALLEL = 50


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--binary", required=True)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--clip-rounds", type=int, default=5)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="lightmill-bench-") as folder:
        folder = pathlib.Path(folder)
        films = folder / "buckets" / "films"
        films.mkdir(parents=True)
        film = films / "film.mp4"
        make(film)
        # Another name each time: nothing is known of a video before it is asked for.
        names = [f"{number}.mp4" for number in range(len(MOMENTS) * (arguments.rounds + 1) + PARALLEL)]
        for name in names:
            os.link(film, films / name)
        names = iter(names)
        clip = films / "clip.mp4"
        clips.make(clip)
        of_clip = [f"clip-{number}.mp4" for number in range(arguments.clip_rounds + 1)]
        for name in of_clip:
            os.link(clip, films / name)
        with Nginx(folder / "nginx", folder / "buckets", log="$uri $body_bytes_sent") as store:
            bucket = f"s3://films?endpoint=http://{store.address}&anonymous=true&path_style=true&region=us-east-1"
            with lightmill(arguments.binary, bucket) as server:
                rows = {label: moment(at, film, names, server, store, arguments.rounds) for label, at in MOMENTS.items()}
                parallel = at_once(names, server)
                made = clips.measure(clip, of_clip, server, arguments.clip_rounds)
        result = common.sheet() | {
            "ffmpeg": common.output("ffmpeg", "-version").split("\n")[0],
            "rounds": arguments.rounds,
            "film": {"seconds": SECONDS, "bytes": film.stat().st_size, "filter": FILTER},
            "moments": rows,
            "parallel": parallel,
            "clips": made,
        }
    common.save("video", result, text(result))


def make(film):
    command = ["ffmpeg", "-v", "error", "-f", "lavfi", "-i", FILTER, "-c:v", "libx264", "-preset", "ultrafast"]
    command += ["-g", "50", "-pix_fmt", "yuv420p", "-movflags", "+faststart", str(film)]
    subprocess.run(command, check=True)


def lightmill(binary, source):
    settings = {"SOURCES__FILMS__URL": source, "SERVER__LISTEN": "127.0.0.1:0", "SERVER__ADMIN": "127.0.0.1:0"}
    settings |= {"LOG__LEVEL": "warn", "CACHE__MEMORY_BYTES": "0", "VIDEO__QUEUE_TIME": "60", "LIMITS__TIME": "60"}
    return common.Server([binary, "serve"], {f"LIGHTMILL_{name}": value for name, value in settings.items()})


def target(name, at):
    return f"/{name}?x-oss-process=video/snapshot,t_{at * 1000},f_jpg"


def moment(at, film, names, server, store, rounds):
    """Rounds in which each has its turn."""
    server.get(target(next(names), at))
    found = []
    for _ in range(rounds):
        name = next(names)
        start = time.perf_counter()
        server.get(target(name, at))
        own = time.perf_counter() - start
        command = ["ffmpeg", "-v", "error", "-ss", str(at), "-i", str(film), "-frames:v", "1", "-q:v", "3", "-f", "image2pipe"]
        start = time.perf_counter()
        subprocess.run([*command, "-c:v", "mjpeg", "-"], check=True, stdout=subprocess.DEVNULL)
        plain = time.perf_counter() - start
        # nginx logs an answer when its connection is done with it.
        time.sleep(0.05)
        read = sum(int(line.split()[1]) for line in store.log.read_text().splitlines() if line.startswith(f"/films/{name} "))
        found.append({"lightmill_ms": 1000 * own, "ffmpeg_ms": 1000 * plain, "bytes_read": read})
    summary = {key: statistics.median(row[key] for row in found) for key in found[0]}
    return {"rounds": found, "summary": summary, "ratios": sorted(row["lightmill_ms"] / row["ffmpeg_ms"] for row in found)}


def at_once(names, server):
    """As many frames as clients that wait, at the same time."""

    def one(name):
        start = time.perf_counter()
        with urllib.request.urlopen(f"http://{server.address}{target(name, 600)}", timeout=120) as response:
            assert response.status == 200
            response.read()
        return 1000 * (time.perf_counter() - start)

    chosen = [next(names) for _ in range(PARALLEL)]
    start = time.perf_counter()
    with concurrent.futures.ThreadPoolExecutor(PARALLEL) as pool:
        times = sorted(pool.map(one, chosen))
    wall = time.perf_counter() - start
    return {
        "requests": PARALLEL,
        "wall_s": wall,
        "p50_ms": times[len(times) // 2],
        "p99_ms": times[-1],
        "server_peak_bytes": common.memory(server.process.pid, "VmHWM"),
    }


def text(result):
    film = result["film"]
    lines = [
        "# Video",
        "",
        "## Frames",
        "",
        f"An hour of 1280×720 H.264 ({film['bytes'] / 1e6:.0f} MB, a key frame every 10 s) in a bucket (nginx on the same cores). "
        f"`video/snapshot` of a video that was never asked for before (it is probed first), beside `ffmpeg -ss … -i FILE -frames:v 1` "
        f"on the file itself, which is told what the file is, and runs in no box. {result['rounds']} rounds, in turns; medians, and "
        "the median of the rounds' own ratios with the least and the greatest.",
        "",
    ]
    for key in ("date", "machine", "memory_gib", "system", "lightmill", "commit", "rustc", "ffmpeg"):
        lines.append(f"* {key}: {result[key]}")
    lines.append(f"* load average before: {result['load_average_before']:.2f}")
    lines += ["", "| frame at | lightmill ms | ffmpeg ms | ratio (range) | bytes read of the bucket | of the file |",
              "| --- | --- | --- | --- | --- | --- |"]
    for label, row in result["moments"].items():
        summary, ratios = row["summary"], row["ratios"]
        lines.append(f"| {label} | {summary['lightmill_ms']:.0f} | {summary['ffmpeg_ms']:.0f} | {statistics.median(ratios):.2f} "
                     f"({ratios[0]:.2f}–{ratios[-1]:.2f}) | {summary['bytes_read']:.0f} | "
                     f"{100 * summary['bytes_read'] / film['bytes']:.2f} % |")
    parallel = result["parallel"]
    lines += ["", f"{parallel['requests']} frames at 10 min of as many videos, all asked for at once: {parallel['wall_s']:.1f} s, "
              f"p50 {parallel['p50_ms']:.0f} ms, p99 {parallel['p99_ms']:.0f} ms; peak memory of the server itself "
              f"{parallel['server_peak_bytes'] / 1e6:.0f} MB (children not counted)."]
    lines += clips.text(result["clips"])
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    main()
