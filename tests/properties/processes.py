"""Workers in processes of their own on one installation."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from tests.house_process import ROOT, House


def found(home: Path) -> House:
    """An installation on a database of its own, with the people of the tests in it."""
    made = House(home)
    made.environment["PYTHONPATH"] = os.pathsep.join([str(ROOT / "src"), str(ROOT)])
    finish(start(made, "prepare"))
    return made


def start(house: House, *arguments: str) -> subprocess.Popen[str]:
    """Begin a worker; it may be killed."""
    return subprocess.Popen(
        [sys.executable, "-m", "tests.properties.worker", *arguments],
        env=house.environment,
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def finish(process: subprocess.Popen[str], given: str = "") -> str:
    """Wait for its end; a fault in it is a fault of the test. Returns what it said."""
    said, faults = process.communicate(given, timeout=240)
    assert process.returncode == 0, faults[-3000:]
    return said
