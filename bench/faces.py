#!/usr/bin/env python3
"""Smart crops around faces: lightmill beside Thumbor with its face detector, the same URLs in turns, one core's work each."""

import argparse
import contextlib
import os
import pathlib
import shutil
import signal
import statistics
import tempfile
import time
import urllib.request

import common

# Portraits, and photos without a face: those take the detector's whole time too.
PHOTOS = ["astronaut.png", "rocket.jpg", "coffee.png", "chelsea.png"]
SIZES = ["300x200", "200x300"]


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--binary", required=True)
    parser.add_argument("--thumbor", required=True, help="the folder of a Python environment with Thumbor")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--repeats", type=int, default=5, help="requests of one URL in one round of one server")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="lightmill-bench-") as folder:
        folder = pathlib.Path(folder)
        photos = folder / "photos"
        photos.mkdir()
        for name in PHOTOS:
            # Neither server may answer from what it found before: each request is for a name of its own.
            for number in range(1 + arguments.rounds * arguments.repeats * len(SIZES)):
                shutil.copy(common.ROOT / "samples" / name, photos / f"{number}-{name}")
        with thumbor(arguments.thumbor, photos, folder) as peer, lightmill(arguments.binary, photos) as own:
            rows = {name: photo(name, arguments, {"lightmill": own, "thumbor": peer}) for name in PHOTOS}
            peaks = {"lightmill": own.peak_bytes(), "thumbor": peer.peak_bytes()}
    pip = [f"{arguments.thumbor}/bin/pip", "list", "--format=freeze", "--disable-pip-version-check"]
    versions = [line for line in common.output(*pip).split() if line.split("==")[0] in ("thumbor", "opencv-python-headless", "pillow")]
    result = common.sheet() | {
        "peer": ", ".join(versions),
        "rounds": arguments.rounds,
        "repeats": arguments.repeats,
        "photos": rows,
        "peak_bytes": peaks,
    }
    common.save("faces", result, text(result))


def photo(name, arguments, servers):
    """Rounds in which each server has its turn with the same URLs."""
    numbers = {server: iter(range(10**9)) for server in servers}
    for server in servers.values():
        # Models are loaded, connections made.
        for size in SIZES:
            server.get(f"/unsafe/{size}/smart/0-{name}")
    rounds = []
    for _ in range(arguments.rounds):
        found = {}
        for label, server in servers.items():
            cpu, start, bodies = server.cpu_seconds(), time.perf_counter(), []
            for _ in range(arguments.repeats):
                for size in SIZES:
                    bodies.append(server.get(f"/unsafe/{size}/smart/{1 + next(numbers[label])}-{name}"))
            wall = time.perf_counter() - start
            found[label] = {
                "cpu_ms": 1000 * (server.cpu_seconds() - cpu) / len(bodies),
                "wall_ms": 1000 * wall / len(bodies),
                "bytes": statistics.mean(map(len, bodies)),
            }
        rounds.append(found)
    summary = {
        label: {key: statistics.median(r[label][key] for r in rounds) for key in rounds[0][label]} for label in servers
    }
    ratios = sorted(r["thumbor"]["cpu_ms"] / r["lightmill"]["cpu_ms"] for r in rounds)
    return {"rounds": rounds, "summary": summary, "cpu_ratios": ratios}


def lightmill(binary, photos):
    settings = {
        "LIGHTMILL_SOURCES__PHOTOS__URL": str(photos),
        "LIGHTMILL_MOUNTS__0__DIALECT": "thumbor",
        "LIGHTMILL_SERVER__LISTEN": "127.0.0.1:0",
        "LIGHTMILL_SERVER__ADMIN": "127.0.0.1:0",
        "LIGHTMILL_CACHE__MEMORY_BYTES": "0",
        "LIGHTMILL_LOG__LEVEL": "warn",
    }
    return common.Server([binary, "serve"], settings)


def thumbor(environment, photos, folder):
    """One process, its face detector, no storage of any kind."""
    configuration = folder / "thumbor.conf"
    configuration.write_text(
        f"""
LOADER = "thumbor.loaders.file_loader"
FILE_LOADER_ROOT_PATH = {str(photos)!r}
STORAGE = "thumbor.storages.no_storage"
RESULT_STORAGE = None
DETECTORS = ["thumbor.detectors.face_detector"]
ALLOW_UNSAFE_URL = True
"""
    )
    port = common.free_port()
    command = f"{environment}/bin/thumbor -i 127.0.0.1 -p {port} -c {configuration} --processes 1 -l error"
    # It says nothing when it listens.
    server = BelowShell(["sh", "-c", f"{command} & echo listening on http://127.0.0.1:{port}; wait"])
    deadline = time.monotonic() + 30
    while True:
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/healthcheck", timeout=5)
            break
        except OSError:
            if time.monotonic() > deadline:
                raise SystemExit("thumbor did not start") from None
            time.sleep(0.1)
    return server


class BelowShell(common.Server):
    """A server below a shell, which does not pass signals on."""

    def __exit__(self, *_):
        for pid in common.family(self.process.pid)[1:]:
            with contextlib.suppress(OSError):
                os.kill(pid, signal.SIGTERM)
        self.process.wait(10)


def text(result):
    lines = [
        "# Faces: smart crops beside Thumbor",
        "",
        f"`/unsafe/300x200/smart/NAME` and `/unsafe/200x300/smart/NAME`, {result['rounds']} rounds of "
        f"{result['repeats'] * len(SIZES)} requests for each server, in turns, one request at a time, another name of the same "
        "photo each time, no storage or cache of results or findings. CPU is user and system time of the whole server, decoding "
        "and encoding included. Medians of the rounds; a ratio is the median of the rounds' own ratios, with the least and the "
        "greatest. Target: a fifth of Thumbor's CPU.",
        "",
    ]
    for key in ("date", "machine", "memory_gib", "system", "lightmill", "commit", "rustc", "peer"):
        lines.append(f"* {key}: {result[key]}")
    lines.append(f"* load average before: {result['load_average_before']:.2f}")
    lines += ["", "| photo | lightmill CPU ms | Thumbor CPU ms | ratio (range) | lightmill ms | Thumbor ms | bytes | Thumbor bytes |",
              "| --- | --- | --- | --- | --- | --- | --- | --- |"]
    for name, row in result["photos"].items():
        own, peer, ratios = row["summary"]["lightmill"], row["summary"]["thumbor"], row["cpu_ratios"]
        lines.append(f"| {name} | {own['cpu_ms']:.1f} | {peer['cpu_ms']:.1f} | {statistics.median(ratios):.1f} "
                     f"({ratios[0]:.1f}–{ratios[-1]:.1f}) | {own['wall_ms']:.1f} | {peer['wall_ms']:.1f} | {own['bytes']:.0f} | "
                     f"{peer['bytes']:.0f} |")
    peaks = result["peak_bytes"]
    lines += ["", f"Peak memory: {peaks['lightmill'] / 1e6:.0f} MB and {peaks['thumbor'] / 1e6:.0f} MB."]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    main()
