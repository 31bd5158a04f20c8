#!/usr/bin/env python3
"""What lightmill does not make: results that it has, and originals; beside nginx with the same bytes, in turns."""

import argparse
import contextlib
import json
import os
import pathlib
import re
import shutil
import statistics
import subprocess
import tempfile
import time
import urllib.error
import urllib.request

import common

QUERY = "x-oss-process=image/resize,w_{width}/quality,Q_80"
WIDTHS = {"small": 200, "large": 1600}
CONNECTIONS = 64
LARGE_BYTES = 1 << 30


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--binary", required=True)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=int, default=6, help="length of one round of one server")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="lightmill-bench-") as folder:
        folder = pathlib.Path(folder)
        result = common.sheet() | {
            "nginx": common.output("sh", "-c", "nginx -v 2>&1").removeprefix("nginx version: "),
            "wrk": common.output("wrk", "-v").split("\n")[0],
            "connections": CONNECTIONS,
            "rounds": arguments.rounds,
            "seconds": arguments.seconds,
            "hits": hits(arguments, folder),
            "misses": misses(arguments, folder),
            "original": original(arguments, folder),
        }
    common.save("delivery", result, text(result))


def hits(arguments, folder):
    """Results that were made before, from memory and from disk, beside the same bytes as a file of nginx's."""
    photos, files = folder / "photos", folder / "files"
    photos.mkdir()
    files.mkdir()
    shutil.copy(common.media("12mp.jpg"), photos / "a.jpg")
    found = {}
    with contextlib.ExitStack() as stack:
        memory = stack.enter_context(lightmill(arguments.binary, photos))
        disk = stack.enter_context(lightmill(arguments.binary, photos, CACHE__MEMORY_BYTES="0", CACHE__DISK=str(folder / "disk")))
        nginx = stack.enter_context(Nginx(folder / "nginx-hits", files))
        for name, width in WIDTHS.items():
            target = "/a.jpg?" + QUERY.format(width=width)
            body = memory.get(target)
            (files / f"{name}.jpg").write_bytes(body)
            servers = {"memory": (memory, target), "disk": (disk, target), "nginx": (nginx, f"/{name}.jpg")}
            assert all(server.get(path) == body for server, path in servers.values())
            # The disk cache is written behind the answer's back.
            until(lambda target=target: source_of(disk, target) == "disk")
            assert source_of(memory, target) == "hit"
            found[name] = {"bytes": len(body)} | turns(arguments, servers, fixed)
            assert (source_of(memory, target), source_of(disk, target)) == ("hit", "disk")
    return found


def misses(arguments, folder):
    """Results that are made, of photos in a bucket and in a folder."""
    picture = common.PICTURES["rocket"]
    with contextlib.ExitStack() as stack:
        photos = stack.enter_context(common.links(picture, 2000))
        # Whoever reads objects sees no difference between a bucket and files under its name.
        buckets = folder / "buckets"
        buckets.mkdir()
        (buckets / "photos").symlink_to(photos)
        store = stack.enter_context(Nginx(folder / "nginx-store", buckets))
        bucket = f"s3://photos?endpoint=http://{store.address}&anonymous=true&path_style=true&region=us-east-1"
        settings = {"CACHE__MEMORY_BYTES": "0"}
        servers = {
            "bucket": (stack.enter_context(lightmill(arguments.binary, bucket, **settings)), None),
            "folder": (stack.enter_context(lightmill(arguments.binary, photos, **settings)), None),
        }
        return turns(arguments, servers, varied)


def original(arguments, folder):
    """An original of a gigabyte from a bucket: how fast it is, and what memory it takes."""
    buckets = folder / "large"
    (buckets / "films").mkdir(parents=True)
    with (buckets / "films" / "a.mp4").open("wb") as file:
        file.truncate(LARGE_BYTES)
    with Nginx(folder / "nginx-large", buckets) as store:
        bucket = f"s3://films?endpoint=http://{store.address}&anonymous=true&path_style=true&region=us-east-1"
        with lightmill(arguments.binary, bucket) as server:
            server.get("/ping")
            before, start = server.peak_bytes(), time.monotonic()
            count = 0
            with urllib.request.urlopen(f"http://{server.address}/a.mp4", timeout=600) as response:
                while piece := response.read(1 << 20):
                    count += len(piece)
            assert count == LARGE_BYTES
            seconds = time.monotonic() - start
            return {
                "bytes": count,
                "megabytes_per_second": count / 1e6 / seconds,
                "peak_bytes_before": before,
                "peak_bytes_after": server.peak_bytes(),
            }


def lightmill(binary, source, **settings):
    """A server of one source."""
    settings = {"SOURCES__PHOTOS__URL": str(source), "SERVER__LISTEN": "127.0.0.1:0", "LOG__LEVEL": "warn"} | settings
    settings |= {"SERVER__ADMIN": "127.0.0.1:0"}
    return common.Server([binary, "serve"], {f"LIGHTMILL_{name}": value for name, value in settings.items()})


class Nginx(common.Server):
    """nginx as it serves static files best: a worker for each core, `sendfile`. `log`: how each request is logged."""

    def __init__(self, folder, root, log=None):
        folder.mkdir()
        address = f"127.0.0.1:{common.free_port()}"
        configuration = folder / "nginx.conf"
        self.log = folder / "access.log"
        logging = f"log_format own '{log}'; access_log {self.log} own;" if log else "access_log off;"
        configuration.write_text(
            f"""
            {'user root;' if os.geteuid() == 0 else ''}
            worker_processes {os.cpu_count()};
            daemon off;
            pid {folder}/pid;
            error_log {folder}/error.log;
            events {{ worker_connections 1024; }}
            http {{
              {logging}
              sendfile on;
              tcp_nopush on;
              keepalive_requests 1000000000;
              open_file_cache max=10000;
              types {{ image/jpeg jpg; video/mp4 mp4; }}
              client_body_temp_path {folder}/body;
              proxy_temp_path {folder}/proxy;
              fastcgi_temp_path {folder}/fastcgi;
              uwsgi_temp_path {folder}/uwsgi;
              scgi_temp_path {folder}/scgi;
              server {{ listen {address}; root {root}; }}
            }}
            """
        )
        # It says nothing when it listens.
        command = f"nginx -c {configuration} & echo listening on http://{address}; wait"
        super().__init__(["sh", "-c", command])
        until(lambda: self.get_status("/") is not None)

    def __exit__(self, *arguments):
        for pid in common.family(self.process.pid)[1:2]:
            with contextlib.suppress(OSError):
                os.kill(pid, 15)
        self.process.wait(10)

    def get_status(self, target):
        try:
            with urllib.request.urlopen(f"http://{self.address}{target}", timeout=5) as response:
                return response.status
        except urllib.error.HTTPError as error:
            return error.code
        except OSError:
            return None


def until(what):
    """Waits for what happens soon."""
    deadline = time.monotonic() + 10
    while not what():
        if time.monotonic() > deadline:
            raise SystemExit("what should happen soon did not")
        time.sleep(0.02)


def source_of(server, target):
    with urllib.request.urlopen(f"http://{server.address}{target}", timeout=60) as response:
        return response.headers["x-lightmill-cache"]


def turns(arguments, servers, load):
    """Rounds in which each server has its turn, and the ratios of each to the last one's requests per second."""
    for server, target in servers.values():
        load(server, target, 1)
    rounds = [
        {name: load(server, target, arguments.seconds) for name, (server, target) in servers.items()}
        for _ in range(arguments.rounds)
    ]
    base = list(servers)[-1]
    rate = "requests_per_second"
    return {
        "rounds": rounds,
        "summary": {
            name: {key: statistics.median(r[name][key] for r in rounds) for key in rounds[0][name]} for name in servers
        },
        "ratios": {
            name: sorted(r[name][rate] / r[base][rate] for r in rounds) for name in servers if name != base
        },
    }


def fixed(server, target, seconds):
    """The same URL again and again."""
    return measure(server, seconds, [f"http://{server.address}{target}"])


def varied(server, _, seconds):
    """Another URL each time, of another file."""
    query = QUERY.format(width=200)
    return measure(server, seconds, [f"http://{server.address}", "--", query, "2000", "2"])


def measure(server, seconds, rest):
    cpu = server.cpu_seconds()
    run = subprocess.run(
        ["wrk", "-t2", f"-c{CONNECTIONS}", f"-d{seconds}s", "--timeout", "30s"]
        + ["-s", str(common.ROOT / "bench" / "wrk.lua"), *rest],
        capture_output=True,
        text=True,
        timeout=seconds + 60,
        check=True,
    )
    found = json.loads(re.search(r"^RESULT (.*)$", run.stdout, re.MULTILINE).group(1))
    assert found["errors"] == 0, found
    return {
        "requests_per_second": found["requests"] / found["seconds"],
        "p50_ms": found["p50_ms"],
        "p99_ms": found["p99_ms"],
        "cpu_us_per_request": 1e6 * (server.cpu_seconds() - cpu) / max(1, found["requests"]),
    }


def text(result):
    lines = [
        "# Delivery: what was made before, and originals",
        "",
        f"{CONNECTIONS} connections (wrk, 2 threads, on the same cores), {result['rounds']} rounds of "
        f"{result['seconds']} s for each server, in turns. Medians of the rounds; a ratio is the median of the rounds' own "
        "ratios, with the least and the greatest.",
        "",
    ]
    for key in ("date", "machine", "memory_gib", "system", "lightmill", "commit", "rustc", "nginx", "wrk"):
        lines.append(f"* {key}: {result[key]}")
    lines.append(f"* load average before: {result['load_average_before']:.2f}")
    for name, found in result["hits"].items():
        lines += ["", f"## One result of {found['bytes']} bytes ({name})", ""]
        lines += [f"The same bytes from lightmill's memory, from its disk cache (`cache.memory_bytes = 0`), and from nginx as a "
                  "static file. Target: 0.7 of nginx from memory.", ""]
        lines += table(found, "nginx")
    lines += ["", "## Results that are made: a bucket beside a folder", "",
              "`rocket.jpg` (640×427) to 200 pixels, another file and URL each time, no result cache. The bucket is nginx, which "
              "answers `GetObject` and `HeadObject` for files; it runs on the same cores.", ""]
    lines += table(result["misses"], "folder")
    original = result["original"]
    lines += ["", "## An original of 1 GiB from a bucket", "",
              f"{original['megabytes_per_second']:.0f} MB/s to one client; peak memory {original['peak_bytes_before'] / 1e6:.1f} MB "
              f"before, {original['peak_bytes_after'] / 1e6:.1f} MB after."]
    return "\n".join(lines) + "\n"


def table(found, base):
    lines = ["| from | requests/s | ratio (range) | p50 ms | p99 ms | CPU µs/request |", "| --- | --- | --- | --- | --- | --- |"]
    for name, row in found["summary"].items():
        ratios = found["ratios"].get(name)
        ratio = f"{statistics.median(ratios):.2f} ({ratios[0]:.2f}–{ratios[-1]:.2f})" if ratios else "1"
        lines.append(f"| {name} | {row['requests_per_second']:.0f} | {ratio} | {row['p50_ms']:.2f} | {row['p99_ms']:.2f} | "
                     f"{row['cpu_us_per_request']:.0f} |")
    return lines


if __name__ == "__main__":
    main()
