"""Read insurance XML: generous in shape, exact in reporting. Values in, values out; no database."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from benhan.kernel.canonical import content_hash, sha256_hex
from benhan.kernel.text import clean
from benhan.kernel.xml import Element, XmlRefused, parse
from benhan.law.bhyt import Table, tables

ENVELOPE = "GIAMDINHHS"
CHECK_IN = "CHI_TIEU_TRANG_THAI_KCB"
ROWS_MAX = 20_000
Row = dict[str, str]


@dataclass(frozen=True)
class Problem:
    """One thing to tell: where, which rule, and in Vietnamese why. `severity` refused | warning."""

    file: str
    table: str
    row: int
    field: str
    code: str
    severity: str
    reason: str
    link_code: str = ""


@dataclass
class Episode:
    """One care episode: its tables as rows of text, in the order of the file."""

    file: str
    sha256: str
    number: int
    facility_code: str
    tables: dict[str, list[Row]] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    @property
    def link_code(self) -> str:
        """MA_LK, unique per episode."""
        for rows in self.tables.values():
            if rows and rows[0].get("MA_LK"):
                return rows[0]["MA_LK"]
        return ""

    @property
    def is_refused(self) -> bool:
        """A broken table refuses its whole episode."""
        return any(p.severity == "refused" for p in self.problems)

    @property
    def content_sha256(self) -> str:
        """Fingerprint of the content, the same under another file name, order of attributes or encoding."""
        return content_hash(self.tables)

    def refuse(self, table: str, row: int, name: str, code: str, reason: str) -> None:
        """Note a fault that refuses the episode."""
        self.problems.append(Problem(self.file, table, row, name, code, "refused", reason, self.link_code))

    def warn(self, table: str, row: int, name: str, code: str, reason: str) -> None:
        """Note something odd that is kept as it is."""
        self.problems.append(Problem(self.file, table, row, name, code, "warning", reason, self.link_code))


@dataclass
class FileRead:
    """A file as read: its episodes, or why it was refused as a whole."""

    file: str
    sha256: str
    episodes: list[Episode] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


def files_of(paths: list[Path]) -> Iterator[Path]:
    """Files and, below folders, every *.xml, in order."""
    for path in paths:
        if path.is_dir():
            yield from sorted(p for p in path.rglob("*") if p.suffix.lower() == ".xml" and p.is_file())
        else:
            yield path


def read_file(data: bytes, name: str) -> FileRead:
    """Read one file. Whatever it holds, the answer is episodes and problems, never an exception."""
    result = FileRead(name, sha256_hex(data))
    try:
        root = parse(data)
    except XmlRefused as no:
        result.problems.append(Problem(name, "", no.line or 0, "", no.code, "refused", no.message))
        return result
    kind = _local(root)
    if kind == CHECK_IN:
        result.episodes = _check_ins(root, name, result.sha256)
    elif kind == ENVELOPE:
        result.episodes = _episodes(root, name, result.sha256)
        if not result.episodes:
            result.problems.append(
                Problem(name, "", 0, "HOSO", "no_episode", "refused", "Tệp không có hồ sơ nào (HOSO)")
            )
    else:
        result.problems.append(
            Problem(name, "", 0, kind, "unknown_root", "refused", f"Phần tử gốc “{kind[:60]}” không phải GIAMDINHHS")
        )
    return result


def _local(element: Element) -> str:
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def _children(element: Element, name: str) -> list[Element]:
    return [c for c in element if _local(c) == name]


def _episodes(root: Element, name: str, digest: str) -> list[Episode]:
    code = next((clean(e.text or "").strip() for e in root.iter() if _local(e) == "MACSKCB"), "")
    found = []
    for number, record in enumerate((e for e in root.iter() if _local(e) == "HOSO"), 1):
        episode = Episode(name, digest, number, code)
        for entry in _children(record, "FILEHOSO"):
            _read_entry(episode, entry)
        _check_episode(episode)
        found.append(episode)
    return found


def _check_ins(root: Element, name: str, digest: str) -> list[Episode]:
    found = []
    for number, item in enumerate((e for e in root.iter() if _local(e) == "TRANG_THAI_KCB"), 1):
        episode = Episode(name, digest, number, "")
        episode.tables["XML0"] = [_read_row(episode, tables()["XML0"], item, 1)]
        _check_episode(episode)
        found.append(episode)
    return found


def _read_entry(episode: Episode, entry: Element) -> None:
    kind = next((clean(c.text or "").strip().upper() for c in _children(entry, "LOAIHOSO")), "")
    table = tables().get(kind)
    if table is None:
        episode.refuse(kind[:20], 0, "LOAIHOSO", "unknown_table", f"Bảng “{kind[:20]}” không có trong QĐ 130/4750/3176")
        return
    if kind in episode.tables:
        episode.refuse(kind, 0, "LOAIHOSO", "table_twice", "Bảng xuất hiện hai lần trong một hồ sơ")
        return
    content = next(iter(_children(entry, "NOIDUNGFILE")), None)
    inner = _inner_root(episode, kind, content)
    if inner is not None:
        episode.tables[kind] = _read_table(episode, table, inner)


def _inner_root(episode: Episode, kind: str, content: Element | None) -> Element | None:
    """The inner document: Base64, plain child elements, or escaped text. None = empty (kept as no rows) or refused."""
    if content is None:
        episode.refuse(kind, 0, "NOIDUNGFILE", "no_content", "Thiếu NOIDUNGFILE")
        return None
    nodes = [c for c in content if isinstance(c.tag, str)]
    if nodes:
        return nodes[0]
    text = (content.text or "").strip()
    if not text:
        episode.tables[kind] = []
        return None
    try:
        data = text.encode("utf-8") if text.startswith("<") else base64.b64decode("".join(text.split()), validate=True)
    except (binascii.Error, ValueError):
        episode.refuse(kind, 0, "NOIDUNGFILE", "base64", "Base64 hỏng, không giải mã được")
        return None
    if not data.strip(b"\xef\xbb\xbf \r\n\t"):
        episode.tables[kind] = []
        return None
    try:
        return parse(data.lstrip(b" \r\n\t"))
    except XmlRefused as no:
        episode.refuse(kind, no.line or 0, "NOIDUNGFILE", no.code, no.message)
        return None


def _read_table(episode: Episode, table: Table, root: Element) -> list[Row]:
    if _local(root) not in (table.root, table.item):
        episode.warn(
            table.name, 0, _local(root)[:60], "other_root", f"Phần tử gốc “{_local(root)[:60]}” khác “{table.root}”"
        )
    if table.item:
        items = [e for e in root.iter() if _local(e) == table.item]
        if not items and len(root) and _local(root[0]) in table.fields:
            items = [root]
    else:
        items = [root] if len(root) else []
    if len(items) > ROWS_MAX:
        episode.refuse(table.name, ROWS_MAX, "", "too_many_rows", f"Bảng có hơn {ROWS_MAX} dòng")
        return []
    return [_read_row(episode, table, item, number) for number, item in enumerate(items, 1)]


def _read_row(episode: Episode, table: Table, item: Element, number: int) -> Row:
    row: Row = {}
    for child in item:
        if not isinstance(child.tag, str):
            continue
        name = _local(child).upper()
        name = table.aliases.get(name) or name
        value = clean("".join(str(t) for t in child.itertext())).strip()
        known = table.fields.get(name)
        if known is None:
            if value and name not in table.aliases:
                episode.warn(
                    table.name, number, name[:60], "unknown_field", "Trường không có trong phụ lục, giữ nguyên"
                )
        elif known.length_max is not None and len(value) > known.length_max:
            episode.warn(
                table.name,
                number,
                name,
                "too_long",
                f"Dài {len(value)} ký tự, phụ lục cho {known.length_max}; giữ nguyên",
            )
        row[name] = value
    for name, known in table.fields.items():
        if known.required and name not in row:
            episode.warn(table.name, number, name, "missing_field", "Thiếu trường bắt buộc theo phụ lục")
    return row


def _check_episode(episode: Episode) -> None:
    """What would make an episode wrong rather than odd: no key, two keys, no general table."""
    keys = {row["MA_LK"] for rows in episode.tables.values() for row in rows if row.get("MA_LK")}
    if not keys:
        episode.refuse("XML1", 0, "MA_LK", "no_link_code", "Hồ sơ không có mã liên kết MA_LK")
    elif len(keys) > 1:
        table, number = next(
            (t, n)
            for t, rows in episode.tables.items()
            for n, r in enumerate(rows, 1)
            if r.get("MA_LK") and r["MA_LK"] != episode.link_code
        )
        episode.refuse(table, number, "MA_LK", "link_code_differs", "MA_LK khác với bảng trước trong cùng hồ sơ")
    if "XML1" in episode.tables and not episode.tables["XML1"] and not episode.is_refused:
        episode.refuse("XML1", 0, "", "empty_general", "Bảng XML1 (tổng hợp) trống")
    elif "XML1" not in episode.tables and "XML0" not in episode.tables and not episode.is_refused:
        episode.refuse("XML1", 0, "", "no_general", "Hồ sơ không có bảng XML1 (tổng hợp)")
