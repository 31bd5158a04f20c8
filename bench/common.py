"""What the benchmarks share: servers as child processes, their memory, and the sheet that says how it was measured."""

import contextlib
import datetime
import json
import os
import pathlib
import platform
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import tomllib
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parent.parent
RESULTS = ROOT / "bench" / "results"

# Pictures of camera size are not in the repository.
PICTURES = {
    "rocket": ROOT / "samples" / "rocket.jpg",
    "2mp": ROOT.parent / "shared" / "media" / "large" / "2mp.jpg",
}


class Server:
    """A server as a child process, with all processes below it."""

    def __init__(self, command, environment=None):
        self.process = subprocess.Popen(
            command,
            env={**os.environ, **(environment or {})},
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        self.address = None
        for line in self.process.stdout:
            if line.startswith("listening on http://"):
                self.address = line.split()[2].removeprefix("http://")
                break
        if self.address is None:
            raise SystemExit(f"{command[0]} did not start")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def peak_bytes(self):
        """The sum over all processes of the most memory that each held."""
        return sum(memory(pid, "VmHWM") for pid in family(self.process.pid))

    def cpu_seconds(self):
        """User and system time of all processes so far."""
        ticks = os.sysconf("SC_CLK_TCK")
        total = 0
        for pid in family(self.process.pid):
            with contextlib.suppress(OSError):
                fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
                total += int(fields[11]) + int(fields[12])
        return total / ticks

    def get(self, target):
        with urllib.request.urlopen(f"http://{self.address}{target}", timeout=60) as response:
            return response.read()


def family(pid):
    found = [pid]
    for member in found:
        with contextlib.suppress(OSError):
            for task in pathlib.Path(f"/proc/{member}/task").iterdir():
                found += [int(child) for child in (task / "children").read_text().split()]
    return found


def memory(pid, field):
    with contextlib.suppress(OSError):
        for line in pathlib.Path(f"/proc/{pid}/status").read_text().splitlines():
            if line.startswith(field + ":"):
                return int(line.split()[1]) * 1024
    return 0


@contextlib.contextmanager
def links(picture, count):
    """A folder with `count` names for one picture, `0.jpg` and on."""
    with tempfile.TemporaryDirectory(prefix="lightmill-bench-") as folder:
        folder = pathlib.Path(folder)
        first = folder / "0.jpg"
        shutil.copy(picture, first)
        for number in range(1, count):
            os.link(first, folder / f"{number}.jpg")
        yield folder


def lightmill(binary, folder):
    """lightmill without its cache of results, so that each request does the work."""
    return Server(
        [binary, "serve", "--root", str(folder), "--listen", "127.0.0.1:0"],
        {"LIGHTMILL_SERVER__ADMIN": "127.0.0.1:0", "LIGHTMILL_CACHE__MEMORY_BYTES": "0", "LIGHTMILL_LOG__LEVEL": "warn"},
    )


def media(name):
    """A picture of camera size: one that lies beside the checkout, or one that is made here once."""
    beside = ROOT.parent / "shared" / "media" / "large" / name
    if beside.exists():
        return beside
    cache = pathlib.Path(os.environ.get("XDG_CACHE_HOME") or pathlib.Path.home() / ".cache")
    made = cache / "lightmill" / "media" / name
    if not made.exists():
        # The system's own Python is the one that has Debian's Pillow and numpy.
        maker = ROOT / "bench" / "make_media.py"
        subprocess.run(["/usr/bin/python3", str(maker), str(made.parent), name], check=True, stdout=subprocess.DEVNULL)
    return made


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def output(*command):
    try:
        return subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT).stdout.strip()
    except OSError:
        return ""


def version():
    """Of the workspace, which every crate of it has."""
    return tomllib.loads((ROOT / "Cargo.toml").read_text())["workspace"]["package"]["version"]


def sheet():
    """Machine, versions and commit."""
    model = "unknown"
    with contextlib.suppress(OSError, StopIteration):
        lines = pathlib.Path("/proc/cpuinfo").read_text().splitlines()
        model = next(line.split(":", 1)[1].strip() for line in lines if line.startswith("model name"))
    changes = " with uncommitted changes" if output("git", "status", "--porcelain") else ""
    return {
        "date": datetime.datetime.now(datetime.timezone.utc).isoformat(timespec="seconds"),
        "machine": f"{os.cpu_count()} cores, {model}",
        "memory_gib": round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30, 1),
        "system": platform.platform(),
        "lightmill": version(),
        "commit": (output("git", "rev-parse", "--short", "HEAD") or "none") + changes,
        "rustc": output("rustc", "--version"),
        "load_average_before": os.getloadavg()[0],
    }


def save(name, result, text):
    RESULTS.mkdir(parents=True, exist_ok=True)
    stem = RESULTS / f"{name}-{time.strftime('%Y-%m-%d')}"
    stem.with_suffix(".json").write_text(json.dumps(result, indent=2) + "\n")
    stem.with_suffix(".md").write_text(text)
    print(text)
    print(f"written to {stem.relative_to(ROOT)}.md and .json")
