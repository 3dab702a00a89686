"""Read insurance XML: generous in shape, exact in reporting. Values in, values out; no database."""

from __future__ import annotations

import binascii
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from benhan.kernel.canonical import content_hash, sha256_hex
from benhan.kernel.text import clean
from benhan.kernel.xml import Element, XmlRefused, iter_elements, local_name, parse
from benhan.law.bhyt import Table, tables

ENVELOPE = "GIAMDINHHS"
CHECK_IN = "CHI_TIEU_TRANG_THAI_KCB"
ROWS_MAX = 20_000
WARNINGS_MAX = 200
LINK_CODE_LENGTH_MAX = 100
NAME_SHOWN_MAX = 60
_DECLARATION = re.compile(r"<\?xml[^>]*\?>")
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
    warned: int = 0

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

    @cached_property
    def content_sha256(self) -> str:
        """Fingerprint of the content, the same under another file name, order of tables, encoding, or with empty
        fields left out."""
        filled = {t: [{k: v for k, v in r.items() if v} for r in rows] for t, rows in self.tables.items()}
        return content_hash({t: rows for t, rows in filled.items() if any(rows)})

    def refuse(self, table: str, row: int, name: str, code: str, reason: str) -> None:
        """Note a fault that refuses the episode."""
        self.problems.append(Problem(self.file, table, row, name, code, "refused", reason, self.link_code))

    def warn(self, table: str, row: int, name: str, code: str, reason: str) -> None:
        """Note something odd that is kept as it is."""
        self.warned += 1
        if self.warned == WARNINGS_MAX:
            table, row, name, code = "", 0, "", "more_warnings"
            reason = f"Hồ sơ có từ {WARNINGS_MAX} cảnh báo trở lên; các cảnh báo sau không liệt kê"
        if self.warned <= WARNINGS_MAX:
            self.problems.append(Problem(self.file, table, row, name, code, "warning", reason, self.link_code))


@dataclass
class FileRead:
    """A file as read: its episodes, or why it was refused as a whole."""

    file: str
    sha256: str
    episodes: list[Episode] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


def files_of(paths: list[Path]) -> Iterator[tuple[str, Path]]:
    """Files and, below folders, every *.xml, in order, each with the name to tell it by (its way below the folder)."""
    for path in paths:
        if path.is_dir():
            found = sorted(p for p in path.rglob("*") if p.suffix.lower() == ".xml" and p.is_file())
            yield from ((p.relative_to(path).as_posix(), p) for p in found)
        else:
            yield path.name, path


def read_file(data: bytes, name: str) -> FileRead:
    """Read one file. Whatever it holds, the answer is episodes and problems, never an exception."""
    result = FileRead(name, sha256_hex(data))
    for part in read_parts(data, name):
        if isinstance(part, Episode):
            result.episodes.append(part)
        else:
            result.problems.append(part)
    return result


def read_parts(data: bytes, name: str) -> Iterator[Episode | Problem]:
    """Read one file episode by episode, for files that do not fit as a whole. Episodes before a fault are given; the
    fault then comes as a `refused` problem of the file."""
    digest, count, seen = sha256_hex(data), 0, dict[tuple[str, str], str]()
    try:
        for episode in _episodes(iter_elements(data, {"HOSO", "MACSKCB", "TRANG_THAI_KCB"}), name, digest):
            count += 1
            _check_twice(episode, seen)
            yield episode
    except _UnknownRoot as unknown:
        reason = f"Phần tử gốc “{unknown}” không phải {ENVELOPE}"
        yield Problem(name, "", 0, str(unknown), "unknown_root", "refused", reason)
        return
    except XmlRefused as no:
        yield Problem(name, "", no.line or 0, "", no.code, "refused", no.message)
        return
    if not count:
        yield Problem(name, "", 0, "HOSO", "no_episode", "refused", "Tệp không có hồ sơ nào (HOSO)")


class _UnknownRoot(Exception):
    """The file is some other XML."""


def _children(element: Element, name: str) -> list[Element]:
    return [c for c in element if local_name(c) == name]


def _episodes(elements: Iterator[Element], name: str, digest: str) -> Iterator[Episode]:
    kind, code, number = local_name(next(elements)), "", 0
    if kind not in (ENVELOPE, CHECK_IN):
        raise _UnknownRoot(kind[:NAME_SHOWN_MAX])
    wanted = "HOSO" if kind == ENVELOPE else "TRANG_THAI_KCB"
    for element in elements:
        if local_name(element) == "MACSKCB":
            code = code or clean(element.text or "").strip()
        if local_name(element) != wanted:
            continue
        number += 1
        episode = Episode(name, digest, number, code)
        if kind == CHECK_IN:
            episode.tables["XML0"] = [_read_row(episode, tables()["XML0"], element, 1)]
        else:
            for entry in _children(element, "FILEHOSO"):
                _read_entry(episode, entry)
        _check_episode(episode)
        yield episode


def _check_twice(episode: Episode, seen: dict[tuple[str, str], str]) -> None:
    """The same MA_LK twice in a file with different content: only the first is taken, now and whenever read again."""
    if episode.is_refused:
        return
    general = (episode.tables.get("XML1") or episode.tables.get("XML0") or [{}])[0]
    key, print_ = (general.get("MA_CSKCB") or episode.facility_code, episode.link_code), episode.content_sha256
    if seen.setdefault(key, print_) != print_:
        episode.refuse(
            "XML1", 1, "MA_LK", "link_code_twice", "MA_LK lặp lại trong cùng tệp với nội dung khác; chỉ nhận hồ sơ đầu"
        )


def _read_entry(episode: Episode, entry: Element) -> None:
    kind = next((clean(c.text or "").strip().upper() for c in _children(entry, "LOAIHOSO")), "")
    table = tables().get(kind)
    if table is None:
        episode.refuse(kind[:20], 0, "LOAIHOSO", "unknown_table", f"Bảng “{kind[:20]}” không có trong QĐ 130/4750/3176")
        return
    if kind in episode.tables:
        episode.refuse(kind, 0, "LOAIHOSO", "table_twice", "Bảng xuất hiện hai lần trong một hồ sơ")
        return
    contents = _children(entry, "NOIDUNGFILE")
    if len(contents) > 1:
        episode.refuse(kind, 0, "NOIDUNGFILE", "content_twice", "Một bảng có nhiều NOIDUNGFILE, không rõ lấy cái nào")
        return
    inner = _inner_root(episode, table, contents[0] if contents else None)
    if inner is not None:
        episode.tables[kind] = _read_table(episode, table, inner)


def _inner_root(episode: Episode, table: Table, content: Element | None) -> Element | None:
    """The inner document: Base64, plain child elements, or escaped text. None = empty (kept as no rows) or refused."""
    kind = table.name
    if content is None:
        episode.refuse(kind, 0, "NOIDUNGFILE", "no_content", "Thiếu NOIDUNGFILE")
        return None
    nodes = [c for c in content if isinstance(c.tag, str)]
    if len(nodes) > 1 and any(local_name(n) != table.item for n in nodes):
        episode.refuse(kind, 0, "NOIDUNGFILE", "several_roots", "NOIDUNGFILE chứa nhiều phần tử gốc")
        return None
    if nodes:
        return nodes[0] if len(nodes) == 1 else content
    text = (content.text or "").strip().lstrip("\ufeff").lstrip()
    if text.startswith("<"):
        # Escaped text has been decoded with the outer file: what it declares about bytes no longer holds.
        return _parsed(episode, kind, _DECLARATION.sub("", text, count=1).encode("utf-8"))
    compact = "".join(text.split())
    try:
        data = b"" if len(compact) % 4 else binascii.a2b_base64(compact, strict_mode=True)
    except (binascii.Error, ValueError):
        data = b""
    if compact and not data:
        episode.refuse(kind, 0, "NOIDUNGFILE", "base64", "Base64 hỏng, không giải mã được")
        return None
    return _parsed(episode, kind, data)


def _parsed(episode: Episode, kind: str, data: bytes) -> Element | None:
    data = data.lstrip(b" \r\n\t").removeprefix(b"\xef\xbb\xbf").lstrip(b" \r\n\t")
    if not data:
        episode.tables[kind] = []
        return None
    try:
        return parse(data)
    except XmlRefused as no:
        episode.refuse(kind, no.line or 0, "NOIDUNGFILE", no.code, no.message)
        return None


def _read_table(episode: Episode, table: Table, root: Element) -> list[Row]:
    name = local_name(root)
    if name not in (table.root, table.item, "NOIDUNGFILE"):
        episode.warn(table.name, 0, name[:NAME_SHOWN_MAX], "other_root", f"Phần tử gốc khác “{table.root}”")
    items = _items(table, root)
    if not items and any(e.text and e.text.strip() for e in root.iter()):
        # An odd frame is read; one in which nothing is recognised would lose its rows without a word.
        reason = f"Không tìm thấy dòng nào của bảng (cần “{table.item or table.root}”)"
        episode.refuse(table.name, 0, name[:NAME_SHOWN_MAX], "wrong_table", reason)
    if len(items) > ROWS_MAX:
        episode.refuse(table.name, ROWS_MAX, "", "too_many_rows", f"Bảng có hơn {ROWS_MAX} dòng")
        return []
    return [_read_row(episode, table, item, number) for number, item in enumerate(items, 1)]


def _items(table: Table, root: Element) -> list[Element]:
    """The elements that are rows; an item inside an item is part of it, not a row of its own."""
    if table.item:
        found = [
            e
            for e in root.iter()
            if local_name(e) == table.item and not any(local_name(a) == table.item for a in e.iterancestors())
        ]
        if found:
            return found
    else:
        framed = next((e for e in root.iter() if local_name(e) == table.root), None)
        if framed is not None:
            return [framed] if len(framed) else []
    return [root] if any(local_name(c).upper() in table.fields for c in root) else []


def _read_row(episode: Episode, table: Table, item: Element, number: int) -> Row:
    row: Row = {}
    for child in item:
        if not isinstance(child.tag, str):
            continue
        written = local_name(child).upper()
        name = table.aliases.get(written) or written
        markup = len(child) > 0
        text = "".join(str(t) for t in child.itertext()) if markup else child.text
        value = clean(text).strip() if text else ""
        if markup:
            episode.warn(
                table.name, number, name[:NAME_SHOWN_MAX], "markup", "Trường có thẻ XML bên trong, chỉ giữ chữ"
            )
        _check_value(episode, table, number, name, value, known_before=written in table.aliases)
        if row.get(name) and value and row[name] != value:
            reason = "Trường xuất hiện hai lần với giá trị khác nhau, không rõ giá trị nào đúng"
            episode.refuse(table.name, number, name[:NAME_SHOWN_MAX], "field_twice", reason)
        row[name] = value or row.get(name, "")
    for name, known in table.fields.items():
        if known.required and name not in row:
            episode.warn(table.name, number, name, "missing_field", "Thiếu trường bắt buộc theo phụ lục")
    return row


def _check_value(episode: Episode, table: Table, number: int, name: str, value: str, *, known_before: bool) -> None:
    known = table.fields.get(name)
    if known is None:
        if value and not known_before:
            reason = "Trường không có trong phụ lục, giữ nguyên"
            episode.warn(table.name, number, name[:NAME_SHOWN_MAX], "unknown_field", reason)
    elif known.length_max is not None and len(value) > known.length_max:
        reason = f"Dài {len(value)} ký tự, phụ lục cho {known.length_max}; giữ nguyên"
        episode.warn(table.name, number, name, "too_long", reason)


def _check_episode(episode: Episode) -> None:
    """What would make an episode wrong rather than odd: no key, two keys, no general table."""
    keys = {row["MA_LK"] for rows in episode.tables.values() for row in rows if row.get("MA_LK")}
    if not keys:
        episode.refuse("XML1", 0, "MA_LK", "no_link_code", "Hồ sơ không có mã liên kết MA_LK")
    elif any(len(key) > LINK_CODE_LENGTH_MAX for key in keys):
        reason = f"MA_LK dài hơn {LINK_CODE_LENGTH_MAX} ký tự, không thể làm khóa"
        episode.refuse(next(iter(episode.tables)), 1, "MA_LK", "link_code_too_long", reason)
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
