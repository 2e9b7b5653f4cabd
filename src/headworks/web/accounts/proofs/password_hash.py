"""Argon2id at the strength RFC 9106 names for machines without memory to spare: 64 MiB, three passes."""

from __future__ import annotations

from django.contrib.auth.hashers import Argon2PasswordHasher


class Argon2(Argon2PasswordHasher):
    """Eight people who sign in at once take half a gigabyte."""

    time_cost = 3
    memory_cost = 64 * 1024
    parallelism = 2
