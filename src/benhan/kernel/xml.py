"""The one XML parser of the house: no DTD, no entities, no network, limits on size and depth."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from io import BytesIO

from lxml import etree

XML_BYTES_MAX = 64 * 1024 * 1024
XML_DEPTH_MAX = 64
XML_FILE_BYTES_MAX = 1024 * 1024 * 1024
XML_NODES_MAX = 2_000_000
_ENCODING_ERRORS = {9, 31, 32, 81}  # libxml2: bad character, unknown, unsupported encoding, bytes that are not of it
# A declaration that can be read byte by byte is not in UTF-16: a text writer's label on UTF-8 bytes.
_MISLABELLED = re.compile(rb"<\?xml[^>]{0,200}utf-?16", re.IGNORECASE)

Element = etree._Element


class XmlRefused(Exception):
    """The bytes are no XML we read; `line` (1-based) says where when known, `code` why."""

    def __init__(self, code: str, message: str, line: int | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.line = line


def _parser() -> etree.XMLParser:
    return etree.XMLParser(
        resolve_entities=False,
        load_dtd=False,
        dtd_validation=False,
        no_network=True,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
        strip_cdata=True,
    )


def parse(data: bytes, *, bytes_max: int = XML_BYTES_MAX) -> Element:
    """Parse bytes to the root element. Refuses DTDs (and with them every entity trick), too big and too deep files."""
    if len(data) > bytes_max:
        raise XmlRefused("xml_too_big", f"Tệp XML lớn hơn {bytes_max} byte")
    try:
        root = etree.fromstring(data, _parser())
    except etree.XMLSyntaxError as error:
        raise _refusal(error, data[:300]) from error
    except (ValueError, LookupError) as error:
        raise XmlRefused("xml_encoding", f"XML không đọc được: {error}") from error
    _refuse_dtd(root)
    _refuse_depth(root)
    return root


def iter_elements(
    data: bytes, names: Collection[str], *, bytes_max: int = XML_FILE_BYTES_MAX, nodes_max: int = XML_NODES_MAX
) -> Iterator[Element]:
    """Yield the root when it opens (only its tag can be relied on), then every outermost element with one of the local
    `names`, in order.

    For files too big for one tree: what was yielded is emptied on the next turn. The same refusals as `parse`; they come
    when the fault is reached, so what was whole before it has been yielded. `nodes_max` bounds what one turn may hold.
    """
    if len(data) > bytes_max:
        raise XmlRefused("xml_too_big", f"Tệp XML lớn hơn {bytes_max} byte")
    try:
        yield from _outermost(data, names, nodes_max)
    except etree.XMLSyntaxError as error:
        raise _refusal(error, data[:300]) from error
    except (ValueError, LookupError) as error:
        raise XmlRefused("xml_encoding", f"XML không đọc được: {error}") from error


def _outermost(data: bytes, names: Collection[str], nodes_max: int) -> Iterator[Element]:
    events = etree.iterparse(
        BytesIO(data), events=("start", "end"), resolve_entities=False, load_dtd=False, dtd_validation=False,
        no_network=True, huge_tree=False, remove_comments=True, remove_pis=True, strip_cdata=True,
    )  # fmt: skip
    depth = nodes = inside = 0
    for event, element in events:
        wanted = local_name(element) in names
        if event == "start":
            depth, nodes, inside = depth + 1, nodes + 1, inside + wanted
            if depth == 1:
                _refuse_dtd(element)
                yield element
            if depth > XML_DEPTH_MAX:
                raise XmlRefused("xml_too_deep", f"XML lồng sâu hơn {XML_DEPTH_MAX} tầng", element.sourceline)
            if nodes > nodes_max:
                raise XmlRefused("xml_too_many", f"Một phần của XML có hơn {nodes_max} phần tử", element.sourceline)
            continue
        depth, inside = depth - 1, inside - wanted
        if wanted and not inside:
            yield element
            _forget(element)
            nodes = 0


def _forget(element: Element) -> None:
    """Free what was read: the element itself and everything before it under the same parent."""
    element.clear()
    parent = element.getparent()
    while parent is not None and element.getprevious() is not None:
        del parent[0]


def local_name(element: Element) -> str:
    """The tag without its namespace."""
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def _refusal(error: etree.XMLSyntaxError, head: bytes) -> XmlRefused:
    line = error.lineno or None
    if getattr(error, "code", None) in _ENCODING_ERRORS:
        return XmlRefused("xml_encoding", f"Sai bảng mã ký tự: {error.msg}", line)
    if _MISLABELLED.match(head):
        return XmlRefused("xml_encoding", "Sai bảng mã ký tự: khai báo UTF-16 nhưng nội dung không phải UTF-16", line)
    if "amplification" in (error.msg or ""):
        return XmlRefused("xml_dtd", "XML chứa khai báo DTD/thực thể, bị từ chối", line)
    return XmlRefused("xml_syntax", f"XML hỏng: {error.msg}", line)


def _refuse_dtd(root: Element) -> None:
    docinfo = root.getroottree().docinfo
    if docinfo.internalDTD is not None or docinfo.doctype:
        raise XmlRefused("xml_dtd", "XML chứa khai báo DTD/thực thể, bị từ chối")


def _refuse_depth(root: Element) -> None:
    depth = 0
    for event, element in etree.iterwalk(root, events=("start", "end")):
        depth += 1 if event == "start" else -1
        if depth > XML_DEPTH_MAX:
            raise XmlRefused("xml_too_deep", f"XML lồng sâu hơn {XML_DEPTH_MAX} tầng", element.sourceline)


def serialize(root: Element, *, declaration: bool = True) -> bytes:
    """Return UTF-8 bytes of an element tree."""
    return etree.tostring(root, encoding="utf-8", xml_declaration=declaration)
