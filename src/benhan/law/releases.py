"""Released form versions are never edited: their hashes stand in `forms/released.json`, and a test compares.

`python -m benhan.law.releases` adds the hashes of new versions; it never changes one that stands there."""

from __future__ import annotations

import json

from benhan.law import registry

RELEASED = registry.FORMS / "released.json"


def current() -> dict[str, str]:
    """The hashes of the form versions as they lie in the folders, by `code/valid_from`."""
    return {f"{f.code}/{f.valid_from}": f.form_hash for f in registry.all_versions()}


def released() -> dict[str, str]:
    """The hashes of the form versions that were released."""
    found: dict[str, str] = json.loads(RELEASED.read_text(encoding="utf-8"))
    return found


def edited() -> list[str]:
    """Released versions that are not any more what they were, or are gone."""
    now = current()
    return [version for version, form_hash in released().items() if now.get(version) != form_hash]


def release() -> list[str]:
    """Add versions that are not in the list; returns which."""
    before = released() if RELEASED.exists() else {}
    added = {version: form_hash for version, form_hash in current().items() if version not in before}
    text = json.dumps(dict(sorted({**before, **added}.items())), indent=1)
    RELEASED.write_text(text + "\n", encoding="utf-8")
    return sorted(added)


if __name__ == "__main__":
    print("\n".join(release()) or "nothing new")
