"""Clips: lightmill beside a plain ffmpeg command of the same work, which writes to a pipe as well."""

import hashlib
import http.client
import statistics
import subprocess
import time

# A minute of 1080p with noise, as a camera makes it, and a tone.
SECONDS = 60
PICTURE = f"testsrc2=size=1920x1080:rate=25:duration={SECONDS},noise=alls=6:allf=t"
WISH = "video/compress,s_480p,r_25"
# What that wish becomes (crates/video/src/arguments).
WORK = """-map 0:0 -filter:v scale=854:480:flags=lanczos+accurate_rnd+full_chroma_int,format=yuv420p,setsar=1 -c:v libx264
-crf 23 -preset medium -profile:v main -maxrate:v:0 1500000 -bufsize:v:0 3000000 -pix_fmt yuv420p -fps_mode vfr -g 100
-threads 2 -flags:v +bitexact -map 0:1 -c:a aac -b:a 128000 -ac 2 -ar 48000 -flags:a +bitexact -sn -dn -map_metadata -1
-map_chapters -1 -fflags +bitexact -fs 104857600 -f mp4 -movflags +frag_keyframe+empty_moov+default_base_moof+delay_moov
-frag_duration 1000000 pipe:1""".split()


def make(film):
    command = ["ffmpeg", "-v", "error", "-f", "lavfi", "-i", PICTURE, "-f", "lavfi", "-i", f"sine=duration={SECONDS}"]
    command += ["-c:v", "libx264", "-preset", "ultrafast", "-crf", "26", "-pix_fmt", "yuv420p", "-c:a", "aac"]
    subprocess.run([*command, "-movflags", "+faststart", str(film)], check=True)


def measure(film, names, server, rounds):
    """Rounds in which each has its turn, after one of each that does not count."""
    found = [both(film, name, server) for name in names[: rounds + 1]][1:]
    keys = ["lightmill_first_ms", "lightmill_s", "kept_after_ms", "ffmpeg_first_ms", "ffmpeg_s", "bytes"]
    return {
        "rounds": found,
        "summary": {key: statistics.median(row[key] for row in found) for key in keys},
        "ratios": sorted(row["lightmill_s"] / row["ffmpeg_s"] for row in found),
        "same_bytes": all(row["same_bytes"] for row in found),
    }


def both(film, name, server):
    target = f"/{name}?x-oss-process={WISH}"
    start = time.perf_counter()
    connection = http.client.HTTPConnection(server.address, timeout=600)
    connection.request("GET", target)
    response = connection.getresponse()
    assert response.status == 200, response.read()
    first, whole, own = drain(response, start)
    while True:
        connection.request("HEAD", target)
        head = connection.getresponse()
        head.read()
        if head.getheader("content-length"):
            break
        time.sleep(0.01)
    kept = time.perf_counter() - start - whole
    start = time.perf_counter()
    command = ["ffmpeg", "-v", "error", "-nostdin", "-threads", "2", "-i", str(film), *WORK]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as plain:
        plain_first, plain_whole, bytes_of_plain = drain(plain.stdout, start)
    assert plain.returncode == 0
    return {
        "lightmill_first_ms": 1000 * first,
        "lightmill_s": whole,
        "kept_after_ms": 1000 * kept,
        "ffmpeg_first_ms": 1000 * plain_first,
        "ffmpeg_s": plain_whole,
        "bytes": own[0],
        "same_bytes": own == bytes_of_plain,
    }


def drain(stream, start):
    """Time to the first byte of the body, time to its end, and its length with its hash."""
    digest, length, first = hashlib.sha256(), 0, None
    while piece := stream.read1(1 << 16) if hasattr(stream, "read1") else stream.read(1 << 16):
        first = first or time.perf_counter() - start
        digest.update(piece)
        length += len(piece)
    return first, time.perf_counter() - start, (length, digest.hexdigest())


def text(result):
    summary, ratios = result["summary"], result["ratios"]
    same = "the same bytes in every round" if result["same_bytes"] else "NOT the same bytes"
    return [
        "",
        "## Clips",
        "",
        f"A minute of 1080p from a bucket to 480p (`{WISH}`), never asked for before, beside an `ffmpeg` command that does the same "
        f"work from the file and writes to a pipe ({same}: {summary['bytes'] / 1e6:.1f} MB). {len(result['rounds'])} rounds, in turns.",
        "",
        "| | lightmill | ffmpeg |",
        "| --- | --- | --- |",
        f"| first byte, ms | {summary['lightmill_first_ms']:.0f} | {summary['ffmpeg_first_ms']:.0f} |",
        f"| whole, s | {summary['lightmill_s']:.2f} | {summary['ffmpeg_s']:.2f} |",
        f"| then kept with its index in front after, ms | {summary['kept_after_ms']:.0f} | – |",
        "",
        f"Overhead, the median of the rounds' own ratios: {100 * (statistics.median(ratios) - 1):+.1f} % "
        f"({100 * (ratios[0] - 1):+.1f} to {100 * (ratios[-1] - 1):+.1f} %).",
    ]
