"""Mixed load: people who search, open, write and sign at the same time against a real `benhan serve` on 127.0.0.1.

Run by `benhan bench` with BENHAN_HOME prepared; the number of requests and the time are bounded, it ends by itself.
People arrive within the first seconds as at the start of a shift, and each does something every two and a half seconds
on average: faster than anybody reads a page. Each does what its role may: half of it searching, a third opening
records, the rest writing and signing.
"""

from __future__ import annotations

import http.cookiejar
import json
import os
import random
import re
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path
from typing import Any

from benchmarks.timing import percentile

PAUSE = (1.0, 4.0)  # seconds between two things a person does
ARRIVAL = 8.0  # seconds within which everybody has come
PASSWORD, PIN = "benhan-thu-nghiem", "246810"
WORDS = ["nguyen", "tran thi", "le van", "pham 1980", "hoa", "0900", "BN26", "dao nguyen", "minh an", "vo"]


class Person(threading.Thread):
    """One person with a browser's cookies."""

    def __init__(self, address: str, username: str, seconds: float, seed: int) -> None:
        super().__init__(daemon=True)
        self.address, self.username, self.seconds = address, username, seconds
        self.random = random.Random(seed)
        self.open = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar()))
        self.times: dict[str, list[float]] = {}
        self.steady: list[float] = []  # after everybody has come
        self.calm_from = time.monotonic() + ARRIVAL + 2
        self.errors = 0
        self.token = ""

    def run(self) -> None:
        """Log in, then mix: half searching, the rest opening, writing, signing."""
        time.sleep(self.random.uniform(0, ARRIVAL))
        self._ask("login page", "/login")
        self._ask("login", "/login", {"username": self.username, "password": PASSWORD, "next": "/records/"})
        page = self._ask("list", "/records/")
        records = re.findall(r'href="(/records/[0-9a-f-]{36}/)"', page)
        end = self.calm_from - 2 + self.seconds
        while time.monotonic() < end and records:
            kind = self.random.random()
            if kind < 0.5:
                self._ask("search", "/patients/results?" + urllib.parse.urlencode({"q": self.random.choice(WORDS)}))
            elif kind < 0.8:
                self._ask("open", self.random.choice(records))
            elif kind < 0.95:
                self._write(self.random.choice(records))
            else:
                self._sign()
            time.sleep(self.random.uniform(*PAUSE))

    def _write(self, record: str) -> None:
        page = self._ask("draft", f"{record}write/free_note", {})
        draft = re.search(r'action="(/drafts/[0-9a-f-]{36}/)save"', page)
        if draft:
            fields = {"header.full_name": "Người Đo", "note.subject": "Theo dõi", "note.text": "Bệnh ổn định."}
            self._ask("write", draft.group(1) + "save", fields)

    def _sign(self) -> None:
        page = self._ask("queue", "/sign/")
        rows = re.findall(r'name="request" value="(\d+)"', page)[:2]
        if rows:
            self._ask("sign", "/sign/", {"request": rows, "pin": PIN})

    def _ask(self, what: str, path: str, fields: dict[str, Any] | None = None) -> str:
        data = None
        if fields is not None:
            data = urllib.parse.urlencode({**fields, "csrfmiddlewaretoken": self.token}, doseq=True).encode()
        request = urllib.request.Request(self.address + path, data=data, headers={"Referer": self.address})
        calm = time.monotonic() >= self.calm_from
        start = time.perf_counter()
        try:
            with self.open.open(request, timeout=60) as answer:
                body = answer.read().decode("utf-8", "ignore")
        except (urllib.error.URLError, TimeoutError, OSError):
            self.errors += 1
            return ""
        took = (time.perf_counter() - start) * 1000
        self.times.setdefault(what, []).append(took)
        if calm:
            self.steady.append(took)
        found = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', body)
        self.token = found.group(1) if found else self.token
        return body


def _tree(pid: int) -> list[int]:
    found = [pid]
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                parent = int((entry / "stat").read_text().rsplit(")", 1)[1].split()[1])
            except (OSError, ValueError):
                continue
            if parent == pid:
                found += _tree(int(entry.name))
    return found


def _cpu_and_memory(pid: int) -> tuple[float, float]:
    ticks, kilobytes = 0, 0
    for one in _tree(pid):
        try:
            parts = Path(f"/proc/{one}/stat").read_text().rsplit(")", 1)[1].split()
            ticks += int(parts[11]) + int(parts[12])
            rollup = Path(f"/proc/{one}/smaps_rollup").read_text()
            kilobytes += int(re.search(r"^Pss:\s+(\d+)", rollup, re.M).group(1))  # type: ignore[union-attr]  # always there on Linux
        except OSError:
            continue
    return ticks / os.sysconf("SC_CLK_TCK"), kilobytes / 1024


def _spread(values: list[float]) -> dict[str, float]:
    return {
        "n": len(values),
        "p50_ms": percentile(values, 0.5),
        "p95_ms": percentile(values, 0.95),
        "p99_ms": percentile(values, 0.99),
    }


def main(people: int, seconds: float) -> dict[str, Any]:
    """Serve, wait, measure memory at rest, let people work, count."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port = listener.getsockname()[1]
    command = [sys.executable, "-c", "from benhan.cli import main; main()", "serve", "--port", str(port)]
    started = time.perf_counter()
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    address = f"http://127.0.0.1:{port}"
    try:
        while True:
            try:
                urllib.request.urlopen(f"{address}/health", timeout=2).read()
                break
            except OSError:
                time.sleep(0.05)
        start_seconds = time.perf_counter() - started
        time.sleep(3)
        _, idle = _cpu_and_memory(server.pid)
        before, _ = _cpu_and_memory(server.pid)
        crowd = [Person(address, ("bacsi", "truongkhoa", "dieuduong")[n % 3], seconds, n) for n in range(people)]
        for person in crowd:
            person.start()
        for person in crowd:
            person.join(seconds + ARRIVAL + 90)
        after, busy = _cpu_and_memory(server.pid)
    finally:
        server.terminate()
        server.wait(timeout=20)
    kinds = sorted({k for p in crowd for k in p.times})
    every = [t for p in crowd for series in p.times.values() for t in series]
    steady = [t for p in crowd for t in p.steady]
    return {
        "people": people,
        "seconds": seconds,
        "requests": len(every),
        "requests_a_second": round(len(steady) / (seconds - 2), 1),
        "errors": sum(p.errors for p in crowd),
        "serve_start_s": round(start_seconds, 2),
        "idle_memory_mb": round(idle),
        "busy_memory_mb": round(busy),
        "cpu_ms_a_request": round((after - before) * 1000 / max(1, len(every)), 1),
        "all": _spread(every),
        "at_work": _spread(steady),  # without the rush of the first seconds
        **{k: _spread([t for p in crowd for t in p.times.get(k, [])]) for k in kinds},
    }


if __name__ == "__main__":
    print(json.dumps(main(int(sys.argv[1]), float(sys.argv[2]))))
