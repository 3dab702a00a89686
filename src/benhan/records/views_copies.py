"""A signed document on paper, and the page where anybody who holds a paper looks its code up."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from benhan.access.middleware import address_of
from benhan.access.web import actor_of, public, route
from benhan.kernel.errors import NotFound, Refused
from benhan.records import copies, queries
from benhan.records.models import DocumentVersion
from benhan.records.views_documents import pdf_response


@route("records.document.print", load=queries.version, methods=("POST",))
def paper_pdf(request: HttpRequest, version: DocumentVersion) -> HttpResponse:
    """The signed original as a paper: code, QR and the words of the conversion on every page. Each print is logged."""
    return pdf_response(
        copies.print_on_paper(version, actor_of(request)), f"{version.form_code}-v{version.version_no}.pdf"
    )


@public("whoever holds a paper compares it with the original; shows no clinical content and no name")
def look_up(request: HttpRequest, code: str = "") -> HttpResponse:
    """What stands behind a code on paper (PRN-03, PRN-04)."""
    typed = code or request.GET.get("code", "")
    page: dict[str, object] = {"typed": typed, "found": None, "error": ""}
    status = 200
    if typed:
        try:
            page["found"] = copies.look_up(typed, address_of(request))
        except NotFound as no:
            page["error"], status = no.message, 404
        except Refused as no:
            page["error"], status = no.message, 429
    return render(request, "records/look_up.html", page, status=status)
