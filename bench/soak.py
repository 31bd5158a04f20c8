#!/usr/bin/env python3
"""lightmill under a constant rate of requests: errors and latency from the moment at which each was due."""

import argparse
import json
import subprocess

import common

TARGET = "/{}.jpg?x-oss-process=image/resize,w_200,h_100,limit_1/quality,q_50&n={}"


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--binary", required=True)
    parser.add_argument("--generator", required=True)
    parser.add_argument("--rate", type=int, default=300, help="requests a second")
    parser.add_argument("--seconds", type=int, default=60)
    arguments = parser.parse_args()
    result = common.sheet()
    result |= {"rate": arguments.rate, "seconds": arguments.seconds, "pictures": {}}
    for name, picture in common.PICTURES.items():
        if picture.exists():
            result["pictures"][name] = soak(arguments, picture)
    common.save("soak", result, text(result))


def soak(arguments, picture):
    count = arguments.rate * arguments.seconds
    with common.links(picture, count) as folder, common.lightmill(arguments.binary, folder) as server:
        command = [arguments.generator, server.address, TARGET, str(arguments.rate), str(arguments.seconds)]
        run = subprocess.run(command, capture_output=True, text=True, check=True, timeout=arguments.seconds + 120)
        return json.loads(run.stdout) | {
            "peak_bytes": server.peak_bytes(),
            "cpu_seconds": round(server.cpu_seconds(), 2),
        }


def text(result):
    lines = [
        "# Soak: a constant rate of requests",
        "",
        f"`GET {TARGET}`, {result['rate']} requests/s for {result['seconds']} s, sent when they are due whether or not "
        "earlier ones are answered; latency counts from that moment. Every request names another link to the picture, "
        "and the cache of results is off.",
        "",
    ]
    for key in ("date", "machine", "memory_gib", "system", "lightmill", "commit", "rustc"):
        lines.append(f"* {key}: {result[key]}")
    lines += [
        "",
        "| picture | requests | errors | p50 ms | p90 ms | p99 ms | max ms | peak memory MB | CPU s |",
        "| --- | --- | --- | --- | --- | --- | --- | --- | --- |",
    ]
    for name, found in result["pictures"].items():
        lines.append(
            f"| {name} | {found['requests']} | {found['errors']} | {found['p50_ms']} | {found['p90_ms']} | "
            f"{found['p99_ms']} | {found['max_ms']} | {found['peak_bytes'] / 1e6:.0f} | {found['cpu_seconds']} |"
        )
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    main()
