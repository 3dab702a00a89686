"""The XML parser: every trick refused, in one go and element by element."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from benhan.kernel.xml import XmlRefused, iter_elements, local_name, parse

BOMB = "".join(f'<!ENTITY a{i} "{f"&a{i - 1};" * 10 if i else "x" * 10}">' for i in range(9))
READERS: list[Callable[[bytes], object]] = [parse, lambda data: list(iter_elements(data, {"R"}))]


@pytest.mark.parametrize("read", READERS)
@pytest.mark.parametrize(
    ("data", "code"),
    [
        (f"<!DOCTYPE a [{BOMB}]><a>&a8;</a>".encode(), "xml_dtd"),
        (f'<!DOCTYPE a [{BOMB}]><a b="&a8;"/>'.encode(), "xml_dtd"),
        (b'<!DOCTYPE a SYSTEM "file:///etc/passwd"><a/>', "xml_dtd"),
        (b"<!DOCTYPE a><a/>", "xml_dtd"),
        (b'<?xml version="1.0" encoding="khong-co"?><a/>', "xml_encoding"),
        (b'<?xml version="1.0" encoding="utf-16"?><a/>', "xml_encoding"),
        (b"<a>\xff</a>", "xml_encoding"),
        (b"<a><b></a>", "xml_syntax"),
        (b"", "xml_syntax"),
        (b"<a>" * 65 + b"</a>" * 65, "xml_too_deep"),
        (b"<a>" + b"x" * 11_000_000 + b"</a>", "xml_syntax"),
    ],
)
def test_what_is_no_plain_document_is_refused(read: Callable[[bytes], object], data: bytes, code: str) -> None:
    with pytest.raises(XmlRefused) as no:
        read(data)
    assert no.value.code == code


def test_elements_come_in_order_outermost_only_and_whole() -> None:
    data = b'<L xmlns="urn:x"><R>1</R><o><R>2<R>in</R></R></o><R/></L>'
    found = [(local_name(e), "".join(map(str, e.itertext()))) for e in iter_elements(data, {"R"})]
    assert found[0][0] == "L"
    assert found[1:] == [("R", "1"), ("R", "2in"), ("R", "")]


def test_too_long_and_too_many_are_refused() -> None:
    with pytest.raises(XmlRefused, match="byte"):
        list(iter_elements(b"<a/>", {"R"}, bytes_max=3))
    with pytest.raises(XmlRefused) as no:
        list(iter_elements(b"<a>" + b"<b/>" * 50 + b"</a>", {"R"}, nodes_max=20))
    assert no.value.code == "xml_too_many"


def test_what_was_read_is_forgotten_and_does_not_count() -> None:
    data = b"<a>" + b"<R><b/></R>" * 50 + b"</a>"
    assert sum(local_name(e) == "R" for e in iter_elements(data, {"R"}, nodes_max=20)) == 50
