"""How fast a health department's house takes reports and draws its pages: `python -m benchmarks.authority [days]`.

Makes 500 facilities in an empty data directory (BENHAN_HOME), lets each report on so many days (default 20), and prints medians."""

from __future__ import annotations

import os
import statistics
import sys
import time
from collections.abc import Callable
from datetime import timedelta

FACILITIES = 500
ROUNDS = 7


def main(days: int) -> None:
    os.environ["DJANGO_SETTINGS_MODULE"] = "benhan.config.settings"
    os.environ["BENHAN_AUTHORITY"] = "1"
    import django

    django.setup()
    from django.core.management import call_command
    from django.test import Client
    from django.test.utils import setup_test_environment

    call_command("migrate", verbosity=0, interactive=False)
    setup_test_environment()
    from tests.rollout.test_authority import Seal, said

    from benhan.access.actors import actor_for
    from benhan.kernel import clock
    from benhan.rollout.authority import committee, queries, services
    from benhan.rollout.authority.models import Place
    from benhan.site.setup import FirstRun, first_run_of_authority

    words = FirstRun("Sở Y tế Đo", "00000", "", "", (), "canbo", "mot-cau-rat-dai-de-do", "Người Đo")
    _, account = first_run_of_authority(words)
    actor, seal = actor_for(account), Seal()
    first = clock.now() - timedelta(days=days)
    with clock.held_at(first):
        for n in range(FACILITIES):
            where = {"latitude": f"{10 + n % 25 / 50}", "longitude": f"{105 + n // 25 / 50}"}
            services.add_place({"code": f"{n:05d}", "name": f"Cơ sở {n}", "kind": "clinic", **where}, actor=actor)
    Place.objects.update(seal=seal.fingerprint)
    taking = []
    for day in range(days):
        with clock.held_at(first + timedelta(days=day)):
            files = [
                (f"{n}", seal.quick(said(f"{n:05d}", day + 1, met=min(9, day * n // 900)))) for n in range(FACILITIES)
            ]
            begun = time.perf_counter()
            services.take_many(files, by="x")
            taking.append((time.perf_counter() - begun) / FACILITIES * 1000)
    client = Client()
    client.force_login(account)
    one = [seal.quick(said(f"{n:05d}", days + 5, met=3)) for n in range(ROUNDS)]
    print(f"{FACILITIES} facilities, {days} days")
    print(f"a report in a batch: {statistics.median(taking):.2f} ms")
    print(f"a report alone: {_median(lambda: services.take(one.pop(), origin='https', source='x')):.1f} ms")
    print(f"board: {_median(lambda: client.get('/board/')):.0f} ms")
    print(f"map: {_median(lambda: client.get('/map/')):.0f} ms")
    print(f"reminders: {_median(lambda: client.get('/reminders/')):.0f} ms")
    print(f"Excel: {_median(lambda: committee.table(queries.board())):.0f} ms")


def _median(work: Callable[[], object]) -> float:
    taken = []
    for _ in range(ROUNDS):
        begun = time.perf_counter()
        work()
        taken.append((time.perf_counter() - begun) * 1000)
    return statistics.median(taken)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 20)
