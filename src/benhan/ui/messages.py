"""English for the Vietnamese strings: `python -m benhan.ui.messages extract|compile`.

`extract` collects every `_("…")` of the templates and sources into `locale/en/LC_MESSAGES/django.po`, keeping what is
translated; `compile` writes the `.mo` that Django reads. Both need Babel, which is installed for development only.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

SOURCE = Path(__file__).resolve().parents[1]
PO = SOURCE / "locale" / "en" / "LC_MESSAGES" / "django.po"
METHODS = [("**/templates/**.html", "jinja2.ext.babel_extract"), ("**.py", "python")]
UNDATED = datetime(2026, 1, 1, tzinfo=UTC)
KEYWORDS = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "MenuItem": (1,),
    "Action": (2,),
}


def extract() -> Catalog:
    """The catalogue of all strings in the sources, with the translations that stand."""
    fresh = Catalog(locale="en", project="benhan", charset="utf-8", fuzzy=False)
    found = extract_from_dir(str(SOURCE), METHODS, keywords=KEYWORDS, comment_tags=(), options_map={})
    for file, _line, message, _comments, context in found:
        # Line numbers are left out: every edit would change the file.
        fresh.add(message, locations=[(Path(file).as_posix(), 0)], context=context)
    for file, message in _words_of_tables():
        fresh.add(message, locations=[(file, 0)])
    for known in read():
        if known.id and known.string and known.id in fresh:
            fresh[known.id].string = known.string
    return fresh


def _words_of_tables() -> Iterator[tuple[str, str]]:
    """Labels of choices, which pages show through `_(row.get_…_display())`: module-level tables of text in models.py
    and lifecycle.py."""
    for path in sorted([*SOURCE.glob("**/models.py"), *SOURCE.glob("**/lifecycle.py")]):
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            value = node.value if isinstance(node, ast.Assign | ast.AnnAssign) else None
            if isinstance(value, ast.Dict):
                for entry in value.values:
                    if isinstance(entry, ast.Constant) and isinstance(entry.value, str):
                        yield path.relative_to(SOURCE).as_posix(), entry.value


def read() -> Catalog:
    """The catalogue as it stands in the file."""
    if not PO.exists():
        return Catalog(locale="en")
    with PO.open("rb") as file:
        return read_po(file, locale="en")


def written(catalog: Catalog) -> bytes:
    """The text of the `.po`: sorted, without lines and dates, so that equal content is an equal file."""
    buffer = BytesIO()
    write_po(buffer, catalog, sort_output=True, include_lineno=False, omit_header=False, width=120)
    kept = [line for line in buffer.getvalue().splitlines() if not line.startswith((b'"POT-Creation', b'"PO-Revision'))]
    return b"\n".join(kept) + b"\n"


def compiled(catalog: Catalog) -> bytes:
    """The bytes of the `.mo`; with fixed dates, so that equal content is an equal file."""
    catalog.creation_date = catalog.revision_date = UNDATED
    buffer = BytesIO()
    write_mo(buffer, catalog)
    return buffer.getvalue()


def main(arguments: list[str]) -> int:
    """The command; exit code 2 on wrong use."""
    if arguments == ["extract"]:
        PO.parent.mkdir(parents=True, exist_ok=True)
        PO.write_bytes(written(extract()))
    elif arguments == ["compile"]:
        PO.with_suffix(".mo").write_bytes(compiled(read()))
    else:
        print("python -m benhan.ui.messages extract|compile", file=sys.stderr)
        return 2
    missing = [m for m in read() if m.id and not m.string]
    print(f"{len(read())} strings, {len(missing)} without English")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
