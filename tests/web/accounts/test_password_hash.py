from headworks.web.accounts.proofs import password_hash


def test_the_strength_is_what_the_page_on_security_says(monkeypatch):
    monkeypatch.undo()
    said = password_hash.Argon2().encode("a sewer runs under it", "somesaltsomesalt")
    assert "$argon2id$" in said
    assert "m=65536,t=3,p=2" in said
