"""The one XML parser of the house: no DTD, no entities, no network, limits on size and depth."""

from __future__ import annotations

from lxml import etree

XML_BYTES_MAX = 64 * 1024 * 1024
XML_DEPTH_MAX = 64

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
        resolve_entities=False, load_dtd=False, dtd_validation=False, no_network=True,
        huge_tree=False, remove_comments=True, remove_pis=True, strip_cdata=True,
    )


def parse(data: bytes, *, bytes_max: int = XML_BYTES_MAX) -> Element:
    """Parse bytes to the root element. Refuses DTDs (and with them every entity trick), too big and too deep files."""
    if len(data) > bytes_max:
        raise XmlRefused("xml_too_big", f"Tệp XML lớn hơn {bytes_max} byte")
    try:
        root = etree.fromstring(data, _parser())
    except etree.XMLSyntaxError as error:
        raise XmlRefused("xml_syntax", f"XML hỏng: {error.msg}", error.lineno) from error
    except ValueError as error:
        raise XmlRefused("xml_encoding", f"XML không đọc được: {error}") from error
    tree = root.getroottree()
    if tree.docinfo.internalDTD is not None or tree.docinfo.doctype:
        raise XmlRefused("xml_dtd", "XML chứa khai báo DTD/thực thể, bị từ chối")
    _refuse_depth(root)
    return root


def _refuse_depth(root: Element) -> None:
    depth = 0
    for event, element in etree.iterwalk(root, events=("start", "end")):
        depth += 1 if event == "start" else -1
        if depth > XML_DEPTH_MAX:
            raise XmlRefused("xml_too_deep", f"XML lồng sâu hơn {XML_DEPTH_MAX} tầng", element.sourceline)


def serialize(root: Element, *, declaration: bool = True) -> bytes:
    """Return UTF-8 bytes of an element tree."""
    return etree.tostring(root, encoding="utf-8", xml_declaration=declaration)
