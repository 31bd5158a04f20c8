"""An engine as a child process that repeats one piece of work."""

import json
import os
import shutil
import subprocess

import common


class Worker:
    """An engine in a process of its own, that does one piece of work as often as it is told."""

    def __init__(self, command):
        self.process = subprocess.Popen(
            [*pinned(), *command], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        self.unavailable = self.answer().get("unavailable")
        self.base_bytes = common.memory(self.process.pid, "VmRSS")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.stdin.close()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def answer(self):
        line = self.process.stdout.readline()
        if not line:
            raise SystemExit(f"{self.process.args} ended early")
        return json.loads(line)

    def ask(self, command):
        self.process.stdin.write(command + "\n")
        self.process.stdin.flush()
        return self.answer()

    def run(self, count):
        return self.ask(f"run {count}")

    def peak_over_base(self):
        return common.memory(self.process.pid, "VmHWM") - self.base_bytes


def pinned():
    """Both engines take turns on one core, so that neither is given the quieter one."""
    return ["taskset", "-c", str(max(os.sched_getaffinity(0)))] if shutil.which("taskset") else []
