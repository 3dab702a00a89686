"""The index of a package: the record in order, as one HTML page without script, made from the manifests alone.

Because it is a plain function of the manifests, verifying can make it again and compare: an index that was changed to
show something else is found, though it carries no signature itself."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from html import escape
from typing import Any
from zoneinfo import ZoneInfo

INDEX_FORMAT = "benhan.index/1"
ZONE = ZoneInfo("Asia/Ho_Chi_Minh")  # printed times of Vietnamese records; the exact UTC moments are in manifest.json
SEXES = {"1": "Nam", "2": "Nữ", "3": "Chưa xác định"}
MARKS = {"cancelled": "Hủy", "restored": "Khôi phục"}
HEADS = ("TT", "Giấy tờ", "Thời điểm", "Người ghi", "Người ký", "Ghi chú")
STATES = {"active": "", "superseded": "đã có bản đính chính", "cancelled": "ĐÃ HỦY"}
STYLE = """body{font:15px/1.45 "Noto Sans",system-ui,sans-serif;margin:1.5rem auto;max-width:72rem;padding:0 1rem}
h1{font-size:1.4rem;margin:0 0 .3rem}
h2{font-size:1.1rem;margin:1.6rem 0 .4rem}table{border-collapse:collapse;width:100%}
th,td{border:1px solid #bbb;padding:.3rem .5rem;text-align:left;vertical-align:top}th{background:#eef2f7}
.old td{color:#595959}.hash{font:12px monospace;word-break:break-all}.note{background:#f6f6f6;padding:.6rem .8rem}"""


def index_page(manifests: Sequence[dict[str, Any]]) -> bytes:
    """Draw the index. Raises KeyError, TypeError or ValueError when a manifest has the wrong shape."""
    last = manifests[-1]
    record, patient = last["record"], last["patient"]
    title = f"Hồ sơ bệnh án {record['record_number']}"
    facts = [
        ("Người bệnh", patient["full_name"]),
        ("Mã người bệnh", patient["patient_number"]),
        ("Ngày sinh", patient["birth_date"]),
        ("Giới tính", SEXES.get(patient["sex"], patient["sex"])),
        ("Số lưu trữ", record["archive_number"]),
        ("Cơ sở", f"{last['facility']['name']} ({last['facility']['code']})"),
    ]
    body = [
        f"<h1>{_text(title)}</h1>",
        "<p>" + " · ".join(f"{name}: <strong>{_text(value)}</strong>" for name, value in facts if value) + "</p>",
        '<p class="note">Trang này chỉ để xem. Giá trị chứng minh nằm ở các tệp PDF đã ký và danh mục đã niêm phong; '
        "kiểm tra bằng <code>benhan verify</code> hoặc công cụ PDF bất kỳ có kiểm tra chữ ký.</p>",
        *(_volume(m) for m in manifests),
    ]
    return (
        f'<!doctype html>\n<html lang="vi"><head><meta charset="utf-8">'
        f'<meta name="generator" content="{INDEX_FORMAT}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"
        f"<title>{_text(title)}</title>\n<style>{STYLE}</style></head>\n<body>\n"
        + "\n".join(body)
        + "\n</body></html>\n"
    ).encode()


def _volume(manifest: dict[str, Any]) -> str:
    folder = f"volume-{manifest['volume']}"
    by = manifest["sealed_by"]
    sealed = f"Niêm phong {_time(manifest['sealed_at'])} bởi {by['title']} {by['name']}"
    why = f"<p>Lý do bổ sung: {_text(manifest['supplement_reason'])}</p>" if manifest["supplement_reason"] else ""
    rows = "\n".join(_row(folder, entry) for entry in manifest["documents"])
    heads = "".join(f"<th>{h}</th>" for h in HEADS)
    return (
        f"<h2>Phần {_text(manifest['volume'])}</h2>\n"
        f'<p>{_text(sealed)} · <a href="{_text(folder)}/manifest.pdf">danh mục đã ký</a></p>{why}\n'
        f"<table><thead><tr>{heads}</tr></thead><tbody>\n{rows}\n</tbody></table>"
    )


def _row(folder: str, entry: dict[str, Any]) -> str:
    signers = [f"{s['title']} {s['name']} ({_time(s['at'])})" for s in entry["signatures"]]
    confirmers = [f"{c['person']} xác nhận ({_time(c['at'])})" for c in entry["confirmations"]]
    notes = [STATES.get(entry["document_state"], entry["document_state"]), entry["reason"], entry["source"]["file"]]
    notes += [f"{MARKS.get(m['kind'], m['kind'])}: {m['reason']} ({m['by']})" for m in entry["marks"]]
    title = entry["title"] if entry["version_no"] == 1 else f"{entry['title']} (bản {entry['version_no']})"
    cells = [
        _text(entry["order"]),
        f"{_link(folder, entry['file'], title)} {_link(folder, entry['json'], '[dữ liệu]')}",
        _text(_time(entry["clinical_at"])),
        _text(f"{entry['author']['title']} {entry['author']['name']}"),
        "<br>".join(_text(s) for s in [*signers, *confirmers]) or "–",
        _text("; ".join(str(n) for n in notes if n)),
    ]
    old = "" if entry["document_state"] == "active" else ' class="old"'
    return f"<tr{old}>" + "".join(f"<td>{c}</td>" for c in cells) + "</tr>"


def _link(folder: str, path: str, label: str) -> str:
    return f'<a href="{_text(folder)}/{_text(path)}">{_text(label)}</a>'


def _time(text: str) -> str:
    return datetime.fromisoformat(text).astimezone(ZONE).strftime("%d/%m/%Y %H:%M") if text else ""


def _text(value: object) -> str:
    return escape(str(value), quote=True)
