"""Reads: papers made, which are issued, what comes next."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from benhan.kernel.errors import NotFound
from benhan.rollout.dossier.models import DossierPaper, PaperSignature
from benhan.rollout.dossier.templates_of_papers import Template, templates


@dataclass(frozen=True)
class Row:
    """One kind of paper: the newest made, the newest issued, and what it waits for."""

    template: Template
    newest: DossierPaper | None
    issued: DossierPaper | None
    waits_for: tuple[str, ...]
    outdated: bool


def paper(paper_id: UUID) -> DossierPaper:
    """A paper that was made; NotFound."""
    found = DossierPaper.objects.prefetch_related("signatures").filter(pk=paper_id).first()
    if found is None:
        raise NotFound
    return found


def issued() -> dict[str, DossierPaper]:
    """The newest issued paper of each kind."""
    found: dict[str, DossierPaper] = {}
    for one in DossierPaper.objects.filter(issued_at__isnull=False).order_by("issued_at"):
        found[one.code] = one
    return found


def made_of(code: str) -> list[DossierPaper]:
    """Every paper of a kind, newest first."""
    return list(DossierPaper.objects.filter(code=code).prefetch_related("signatures"))


def rows(fingerprint: str) -> list[Row]:
    """The whole file as it stands. `fingerprint`: of today's settings; a regulation made from others is outdated."""
    newest: dict[str, DossierPaper] = {}
    for one in DossierPaper.objects.order_by("made_at"):
        newest[one.code] = one
    there = issued()
    return [
        Row(
            template,
            newest.get(code),
            there.get(code),
            tuple(templates()[n].title_vi for n in template.needs if n not in there),
            code == "regulation" and code in there and there[code].fingerprint != fingerprint,
        )
        for code, template in templates().items()
    ]


def next_place(one: DossierPaper) -> dict[str, str] | None:
    """The place whose turn it is; None when all are signed."""
    signed = {s.place for s in PaperSignature.objects.filter(paper=one)}
    return next((p for p in one.signing_places if p["id"] not in signed), None)


def file_of(one: DossierPaper) -> str:
    """The digest of the newest file: after the last signature, or as drawn."""
    last = PaperSignature.objects.filter(paper=one).order_by("-pk").first()
    return last.pdf if last else one.pdf
