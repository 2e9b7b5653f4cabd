"""Passwords are hashed as in earnest by one test and quickly by the others."""

import pytest

from headworks.web.accounts.proofs.password_hash import Argon2


@pytest.fixture(autouse=True)
def quick_hashes(monkeypatch):
    monkeypatch.setattr(Argon2, "memory_cost", 64)
    monkeypatch.setattr(Argon2, "time_cost", 1)
