"""Our own check of PDF/A-3b (ISO 19005-3): the rules that a page, its embedded files and its signatures could break.

No PDF/A validator can be had from the package sources this project uses, so the rules that matter for what we write are
checked here with another library (pikepdf, that is qpdf) than the ones that wrote the file. It is no full validator."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from typing import Any

import pikepdf

FORBIDDEN_ACTIONS = {
    "/Launch", "/Sound", "/Movie", "/ResetForm", "/ImportData", "/Hide", "/SetOCGState", "/Rendition", "/Trans",
    "/GoTo3DView", "/JavaScript",
}  # fmt: skip
FORBIDDEN_ANNOTATIONS = {"/3D", "/Sound", "/Screen", "/Movie", "/FileAttachment", "/RichMedia"}
RELATIONSHIPS = {"/Source", "/Data", "/Alternative", "/Supplement", "/Unspecified"}
STANDARD_FILTERS = {
    "/FlateDecode", "/DCTDecode", "/RunLengthDecode", "/ASCIIHexDecode", "/ASCII85Decode", "/CCITTFaxDecode",
    "/JBIG2Decode", "/JPXDecode",
}  # fmt: skip
PRINT, HIDDEN, INVISIBLE, NO_VIEW, TOGGLE_NO_VIEW = 4, 2, 1, 32, 256


def faults(data: bytes) -> list[str]:
    """What breaks PDF/A-3b in a file; empty when nothing was found."""
    found: list[str] = []
    found += _file(data)
    with pikepdf.open(io.BytesIO(data)) as pdf:
        found += [f"qpdf: {p}" for p in pdf.check_pdf_syntax()]
        for check in (_trailer, _metadata, _output_intent, _catalog, _objects, _pages, _embedded):
            found += list(check(pdf))
    return found


def _file(data: bytes) -> Iterator[str]:
    """6.1.2–6.1.4: the header with four high bytes after it, and the end."""
    if not re.match(rb"%PDF-1\.[0-7]\r?\n%[\x80-\xff]{4}", data):
        yield "6.1.2 header"
    if not data.rstrip(b"\r\n").endswith(b"%%EOF"):
        yield "6.1.3 data after the end"


def _trailer(pdf: pikepdf.Pdf) -> Iterator[str]:
    if pdf.is_encrypted:
        yield "6.1.3 encrypted"
    if "/ID" not in pdf.trailer:
        yield "6.1.3 no file identifier"


def _metadata(pdf: pikepdf.Pdf) -> Iterator[str]:
    """6.6.2, 6.6.4: XMP metadata, unfiltered enough to read, with the PDF/A identification."""
    meta = pdf.Root.get("/Metadata")
    if meta is None:
        yield "6.6.2 no metadata"
        return
    text = meta.read_bytes().decode("utf-8", errors="replace")
    for name, wanted in (("part", "3"), ("conformance", "B")):
        if not re.search(rf"pdfaid:{name}(?:>|=[\"']){wanted}", text):
            yield f"6.6.4 pdfaid:{name}"
    if "/Filter" in meta:
        yield "6.6.2.1 metadata is filtered"


def _output_intent(pdf: pikepdf.Pdf) -> Iterator[str]:
    """6.2.3: one PDF/A output intent with an ICC profile, as we use device RGB and grey."""
    intents = [i for i in pdf.Root.get("/OutputIntents", []) if i.get("/S") == "/GTS_PDFA1"]
    if len(intents) != 1 or "/DestOutputProfile" not in intents[0]:
        yield "6.2.3 no single output intent"
        return
    profile = intents[0]["/DestOutputProfile"]
    if profile.read_bytes()[36:40] != b"acsp" or int(profile["/N"]) not in (1, 3, 4):
        yield "6.2.3 output profile is no ICC profile"


def _catalog(pdf: pikepdf.Pdf) -> Iterator[str]:
    """6.6.1, 6.4: no actions of the document, no XFA, appearances never regenerated."""
    if "/AA" in pdf.Root or ("/OpenAction" in pdf.Root and _action_kind(pdf.Root["/OpenAction"]) in FORBIDDEN_ACTIONS):
        yield "6.6.1 document action"
    names = pdf.Root.get("/Names")
    if names is not None and "/JavaScript" in names:
        yield "6.6.1 JavaScript"
    form = pdf.Root.get("/AcroForm")
    if form is not None and ("/XFA" in form or bool(form.get("/NeedAppearances", False))):
        yield "6.4 XFA or NeedAppearances"


def _action_kind(action: Any) -> str:
    return str(action.get("/S", "")) if isinstance(action, pikepdf.Dictionary) else ""


def _objects(pdf: pikepdf.Pdf) -> Iterator[str]:
    """Every object: filters, actions, fonts, XObjects, transparency and graphics states."""
    for thing in pdf.objects:
        if not isinstance(thing, pikepdf.Dictionary | pikepdf.Stream):
            continue
        if isinstance(thing, pikepdf.Stream):
            yield from _stream(thing)
        if thing.get("/S") in FORBIDDEN_ACTIONS and thing.get("/Type", "/Action") == "/Action":
            yield f"6.6.1 action {thing['/S']}"
        if thing.get("/Type") == "/Font":
            yield from _font(thing)
        if thing.get("/Type") == "/ExtGState" and "/TR" in thing:
            yield "6.2.5 transfer function"


def _stream(stream: pikepdf.Stream) -> Iterator[str]:
    if "/F" in stream or "/FFilter" in stream:
        yield "6.1.7 external stream"
    filters: Any = stream.get("/Filter", [])
    for name in [filters] if isinstance(filters, pikepdf.Name) else list(filters):
        if str(name) not in STANDARD_FILTERS:
            yield f"6.1.7 filter {name}"
    if stream.get("/Subtype") == "/PS" or "/Ref" in stream or "/OPI" in stream:
        yield "6.2.9 reference or PostScript XObject"
    if stream.get("/Subtype") == "/Image" and ("/Alternates" in stream or bool(stream.get("/Interpolate", False))):
        yield "6.2.8 image with alternates or interpolation"


def _font(font: pikepdf.Object) -> Iterator[str]:
    """6.2.11: every font embedded, composite ones with an identity CMap, CID map and a ToUnicode map."""
    kind = font.get("/Subtype")
    if kind == "/Type0":
        if str(font.get("/Encoding")) not in ("/Identity-H", "/Identity-V"):
            yield "6.2.11.3 CMap"
        if "/ToUnicode" not in font:
            yield "6.2.11.7 no ToUnicode map"
        yield from (fault for child in font["/DescendantFonts"] for fault in _descendant(child))
    elif kind in ("/Type1", "/TrueType", "/MMType1") and not _is_embedded(font):
        yield f"6.2.11.4 font {font.get('/BaseFont')} is not embedded"


def _descendant(font: pikepdf.Object) -> Iterator[str]:
    if not _is_embedded(font):
        yield f"6.2.11.4 font {font.get('/BaseFont')} is not embedded"
    if font.get("/Subtype") == "/CIDFontType2" and "/CIDToGIDMap" not in font:
        yield "6.2.11.3.2 no CIDToGIDMap"


def _is_embedded(font: pikepdf.Object) -> bool:
    described = font.get("/FontDescriptor")
    return described is not None and any(k in described for k in ("/FontFile", "/FontFile2", "/FontFile3"))


def _pages(pdf: pikepdf.Pdf) -> Iterator[str]:
    for page in pdf.pages:
        if "/AA" in page.obj:
            yield "6.6.1 page action"
        for annotation in page.obj.get("/Annots", []):
            yield from _annotation(annotation)


def _annotation(annotation: pikepdf.Object) -> Iterator[str]:
    """6.3: kinds, flags and appearances of annotations, signature fields among them."""
    kind = str(annotation.get("/Subtype"))
    if kind in FORBIDDEN_ANNOTATIONS:
        yield f"6.3.1 annotation {kind}"
    flags = int(annotation.get("/F", 0))
    if kind != "/Popup" and (not flags & PRINT or flags & (HIDDEN | INVISIBLE | NO_VIEW | TOGGLE_NO_VIEW)):
        yield f"6.3.2 flags {flags} of {kind}"
    if "/AA" in annotation or (kind == "/Widget" and "/A" in annotation):
        yield "6.6.1 action of an annotation"
    x0, y0, x1, y1 = (float(n) for n in annotation["/Rect"])
    look = annotation.get("/AP")
    if look is None:
        if kind not in ("/Popup", "/Link") and (x0 != x1 or y0 != y1):
            yield f"6.3.3 {kind} without appearance"
    elif set(look.keys()) != {"/N"} or not isinstance(look["/N"], pikepdf.Stream):
        yield f"6.3.3 appearance of {kind}"


def _embedded(pdf: pikepdf.Pdf) -> Iterator[str]:
    """6.8: every embedded file has names, type, date and relationship, and belongs to the document or a part of it."""
    associated = {tuple(spec.objgen) for spec in pdf.Root.get("/AF", [])}
    names = pdf.Root.get("/Names")
    for spec in _specs(None if names is None else names.get("/EmbeddedFiles")):
        name = str(spec.get("/UF", "?"))
        if "/F" not in spec or "/UF" not in spec:
            yield f"6.8 {name}: F and UF"
        if str(spec.get("/AFRelationship")) not in RELATIONSHIPS:
            yield f"6.8 {name}: relationship"
        if "/Subtype" not in spec["/EF"]["/F"] or "/ModDate" not in spec["/EF"]["/F"].get("/Params", {}):
            yield f"6.8 {name}: type or date"
        if tuple(spec.objgen) not in associated:
            yield f"6.8 {name}: not associated"


def _specs(node: pikepdf.Object | None) -> Iterator[pikepdf.Object]:
    if node is None:
        return
    names = list(node.get("/Names", []))
    yield from names[1::2]
    for kid in node.get("/Kids", []):
        yield from _specs(kid)
