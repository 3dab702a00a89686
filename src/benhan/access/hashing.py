"""How passwords are kept."""

from __future__ import annotations

from django.contrib.auth.hashers import Argon2PasswordHasher


class ModestArgon2(Argon2PasswordHasher):
    """Argon2id sized for one ordinary PC that everybody logs in to at seven in the morning.

    46 MiB and two passes on one lane: stronger than the least that OWASP's password storage sheet asks (46 MiB, one
    pass), about 80 ms. Django's own 100 MiB on eight lanes takes 200 ms of processor for each log-in, and twenty people
    at once took two gigabytes and seven seconds. Old hashes still open and are renewed at the next log-in.
    """

    time_cost = 2
    memory_cost = 46 * 1024
    parallelism = 1
