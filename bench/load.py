#!/usr/bin/env python3
"""lightmill beside a small server on npm's sharp: the same work, on the same machine, in turns."""

import argparse
import base64
import contextlib
import json
import os
import re
import statistics
import subprocess

import common
import jpeg

PEER = common.ROOT / "bench" / "peers" / "sharp"
QUERY = "x-oss-process=image/resize,w_200,h_100,limit_1/quality,q_50"
WIDTH, HEIGHT, RELATIVE_QUALITY = 200, 100, 50
CONNECTIONS = 20
FILES = 20_000


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--binary", required=True)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=int, default=8, help="length of one round of one server")
    arguments = parser.parse_args()
    result = common.sheet()
    result |= {
        "sharp": json.loads((PEER / "node_modules/sharp/package.json").read_text())["version"],
        "node": common.output("node", "--version"),
        "wrk": common.output("wrk", "-v").split("\n")[0],
        "connections": CONNECTIONS,
        "rounds": arguments.rounds,
        "seconds": arguments.seconds,
        "pictures": {
            name: compare(arguments, picture) for name, picture in common.PICTURES.items() if picture.exists()
        },
    }
    common.save("load", result, text(result))


def compare(arguments, picture):
    source = picture.read_bytes()
    # What `q_50` means here: half of the source's own quality.
    quality = round(jpeg.quality(source) * RELATIVE_QUALITY / 100)
    with common.links(picture, FILES) as folder, contextlib.ExitStack() as stack:
        ours = stack.enter_context(common.lightmill(arguments.binary, folder))
        peer = stack.enter_context(sharp(folder, quality))
        servers = {"lightmill": ours, "sharp": peer}
        outputs = {name: server.get(f"/0.jpg?{QUERY}") for name, server in servers.items()}
        for server in servers.values():
            measure(server, 2)
        rounds = [
            {name: measure(server, arguments.seconds) for name, server in servers.items()}
            for _ in range(arguments.rounds)
        ]
        return {
            "source_bytes": len(source),
            "source_size": "x".join(str(side) for side in jpeg.size_and_sampling(source)[:2]),
            "quality": quality,
            "outputs": {name: describe(data) for name, data in outputs.items()},
            "psnr_between_outputs_db": psnr(outputs),
            "rounds": rounds,
            "median_ratio": statistics.median(
                r["lightmill"]["requests_per_second"] / r["sharp"]["requests_per_second"] for r in rounds
            ),
            "summary": {name: summary([r[name] for r in rounds]) for name in servers},
        }


def sharp(folder, quality):
    port = common.free_port()
    command = ["node", str(PEER / "server.mjs"), str(folder), str(port), str(WIDTH), str(HEIGHT), str(quality)]
    return common.Server(command)


def measure(server, seconds):
    threads = min(2, os.cpu_count())
    cpu = server.cpu_seconds()
    run = subprocess.run(
        ["wrk", f"-t{threads}", f"-c{CONNECTIONS}", f"-d{seconds}s", "--timeout", "30s"]
        + ["-s", str(common.ROOT / "bench" / "wrk.lua"), f"http://{server.address}"]
        + ["--", QUERY, str(FILES), str(threads)],
        capture_output=True,
        text=True,
        timeout=seconds + 60,
        check=True,
    )
    found = json.loads(re.search(r"^RESULT (.*)$", run.stdout, re.MULTILINE).group(1))
    return found | {
        "requests_per_second": found["requests"] / found["seconds"],
        "cpu_ms_per_request": 1000 * (server.cpu_seconds() - cpu) / max(1, found["requests"]),
        "peak_bytes": server.peak_bytes(),
    }


def summary(rounds):
    keys = ("requests_per_second", "p50_ms", "p99_ms", "cpu_ms_per_request")
    found = {key: statistics.median(r[key] for r in rounds) for key in keys}
    return found | {
        "peak_bytes": max(r["peak_bytes"] for r in rounds),
        "errors": sum(r["errors"] for r in rounds),
    }


def describe(data):
    width, height, sampling = jpeg.size_and_sampling(data)
    return {"bytes": len(data), "size": f"{width}x{height}", "sampling": sampling, "quality": jpeg.quality(data)}


def psnr(outputs):
    """Between the two servers' pictures, decoded by sharp."""
    script = """
        import sharp from 'sharp'
        const [a, b] = await Promise.all(process.argv.slice(1).map(data =>
          sharp(Buffer.from(data, 'base64')).raw().toBuffer()))
        let squares = 0
        for (let i = 0; i < a.length; i++) squares += (a[i] - b[i]) ** 2
        console.log(a.length === b.length ? 10 * Math.log10(255 * 255 * a.length / squares) : 'null')
    """
    data = [base64.b64encode(output).decode() for output in outputs.values()]
    run = subprocess.run(
        ["node", "--input-type=module", "-e", script, *data], capture_output=True, text=True, cwd=PEER, check=True
    )
    found = json.loads(run.stdout)
    return found and round(found, 2)


def text(result):
    lines = [
        "# Load: lightmill and sharp on one machine, in turns",
        "",
        f"`GET /FILE.jpg?{QUERY}&n=COUNTER`, {CONNECTIONS} connections (wrk), {result['rounds']} rounds of "
        f"{result['seconds']} s for each server, A B A B. Medians of the rounds; the ratio is the median of the rounds' "
        "own ratios.",
        "",
        f"Every request does the whole work: each names another of {FILES} links to the picture and has a URL of its "
        "own, lightmill's cache of results is off (`cache.memory_bytes = 0`), and sharp's too. The sharp server runs one "
        "worker per core with `sharp.concurrency(1)`, reads the same files, fits into the same box without enlarging, "
        "and compresses with the same absolute quality and 4:2:0. wrk runs on the same cores.",
        "",
    ]
    for key in ("date", "machine", "memory_gib", "system", "lightmill", "commit", "rustc", "sharp", "node", "wrk"):
        lines.append(f"* {key}: {result[key]}")
    lines.append(f"* load average before: {result['load_average_before']:.2f}")
    for name, picture in result["pictures"].items():
        lines += [
            "",
            f"## {name}: {picture['source_size']}, {picture['source_bytes']} bytes",
            "",
            "| server | requests/s | p50 ms | p99 ms | CPU ms/request | peak memory MB | errors | result bytes |",
            "| --- | --- | --- | --- | --- | --- | --- | --- |",
        ]
        for server, found in picture["summary"].items():
            made = picture["outputs"][server]
            lines.append(
                f"| {server} | {found['requests_per_second']:.0f} | {found['p50_ms']:.2f} | {found['p99_ms']:.2f} | "
                f"{found['cpu_ms_per_request']:.2f} | {found['peak_bytes'] / 1e6:.0f} | {found['errors']} | "
                f"{made['bytes']} ({made['size']}, quality {made['quality']}, {made['sampling']}) |"
            )
        lines += [
            "",
            f"Median ratio of requests/s: **{picture['median_ratio']:.2f}**. "
            f"PSNR between the two results: {picture['psnr_between_outputs_db']} dB.",
        ]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    main()
