"""A password hasher that costs little: tests check what happens around passwords, not the cost of argon2."""

from __future__ import annotations

from django.contrib.auth.hashers import Argon2PasswordHasher


class CheapArgon2(Argon2PasswordHasher):
    """Argon2 with the least work."""

    time_cost = 1
    memory_cost = 64
    parallelism = 1
