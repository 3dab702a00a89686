"""What every form prints for its example, as text by page with the places to sign: kept in `snapshots/`, compared by
`test_snapshots.py`. After a change that is meant: `python -m tests.forms.snapshots`, look at the pages, commit what changed."""

from __future__ import annotations

import subprocess
import tempfile
from pathlib import Path

from benhan.forms.definition import FormVersion
from benhan.proof.render import Rendered
from tests.forms.contents import FORMS, examples
from tests.forms.test_print import printed

KEPT = Path(__file__).parent / "snapshots"


def page_sizes(rendered: Rendered) -> list[str]:
    """Width × height of every page in millimetres."""
    import io

    from pyhanko.pdf_utils.reader import PdfFileReader

    sizes, reader = [], PdfFileReader(io.BytesIO(rendered.pdf))
    for page in reader.root["/Pages"]["/Kids"]:
        x0, y0, x1, y1 = (float(n) for n in page.get_object()["/MediaBox"])
        sizes.append(f"{(x1 - x0) / 72 * 25.4:.0f}×{(y1 - y0) / 72 * 25.4:.0f}")
    return sizes


def snapshot(form: FormVersion) -> str:
    """The filled page as text: for each page its size, its words in the order they are drawn, where people sign (millimetres)."""
    rendered = printed(form, examples(form)[0])
    with tempfile.NamedTemporaryFile(suffix=".pdf") as file:
        file.write(rendered.pdf)
        file.flush()
        command = ["pdftotext", "-raw", "-enc", "UTF-8", file.name, "-"]
        text = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    told = []
    for number, (size, page) in enumerate(zip(page_sizes(rendered), text.split("\f"), strict=False)):
        told.append(f"=== page {number + 1}, {size} mm")
        told += [" ".join(line.split()) for line in page.splitlines() if line.strip()]
        told += [
            f"--- sign {b.position_id}: {b.x0 / 72 * 25.4:.0f} {b.y0 / 72 * 25.4:.0f}"
            for b in rendered.boxes
            if b.page == number
        ]
    return "\n".join(told) + "\n"


def file_of(code: str) -> Path:
    """Where the snapshot of a form is kept."""
    return KEPT / f"{code}.txt"


if __name__ == "__main__":
    KEPT.mkdir(exist_ok=True)
    for old in KEPT.glob("*.txt"):
        if old.stem not in FORMS:
            old.unlink()
    for code, form in sorted(FORMS.items()):
        now = snapshot(form)
        if not file_of(code).exists() or file_of(code).read_text(encoding="utf-8") != now:
            print("written:", code)
            file_of(code).write_text(now, encoding="utf-8")
