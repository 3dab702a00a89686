"""A process that appends to the log until told otherwise: run by the tests of concurrency and of kill -9.

Usage: python -m tests.audit.appender NAME UNITS. Prints the number of each unit after its commit."""

from __future__ import annotations

import sys

import django

django.setup()

from benhan.audit import services  # noqa: E402 - needs the apps
from benhan.kernel.errors import Refused  # noqa: E402


def run(name: str, units: int) -> None:
    """Every fifth unit is refused; every third nests; each unit writes two events."""
    for number in range(units):
        try:
            with services.acting_as(services.Who(account_name=name)), services.unit_of_work("test.unit"):
                services.record("test.write", object_id=f"{name}-{number}", patient_id=f"p{number % 7}")
                if number % 3 == 0:
                    with services.unit_of_work():
                        services.record("test.nested", object_id=f"{name}-{number}")
                if number % 5 == 0:
                    raise Refused("không được")
        except Refused:
            continue
        print(number, flush=True)


if __name__ == "__main__":
    run(sys.argv[1], int(sys.argv[2]))
