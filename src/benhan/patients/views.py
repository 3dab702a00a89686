"""Pages of the front desk: find, register, identify, merge."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from benhan.access import gate
from benhan.access.web import actor_of, route
from benhan.audit import services as audit
from benhan.kernel import clock
from benhan.kernel.errors import FieldError, Invalid, NotFound, SaysNo
from benhan.law import codes
from benhan.patients import citizen_card, insurance_card, queries, services
from benhan.patients.arrival import person_of, read_birth
from benhan.patients.models import IDENTIFIER_SYSTEMS, LEGAL_BASES, SEXES, Identifier, Merge, Patient
from benhan.patients.question import normalise_number

MERGE_CANDIDATES_MAX = 10
CHANGES_MAX = 50
SCANNED = {"citizen_card", "insurance_card"}


@route("patients.patient.search")
def search_page(request: HttpRequest) -> HttpResponse:
    """The front desk."""
    return render(
        request, "patients/search.html", {"may_register": gate.allowed(actor_of(request), "patients.patient.register")}
    )


@route("patients.patient.search")
def results(request: HttpRequest) -> HttpResponse:
    """What the search finds while typing. Everybody shown is noted in the log."""
    text = request.GET.get("q", "")
    found = queries.search(actor_of(request), text)
    if found:
        audit.record("patients.patient.search.shown", also_patients=[p.pk for p in found], detail={"count": len(found)})
    page = {
        "found": found,
        "text": text.strip(),
        "limit": queries.SEARCH_ROWS_MAX,
        "may_register": gate.allowed(actor_of(request), "patients.patient.register"),
    }
    return render(request, "patients/results.html", page)


@route("patients.patient.register", methods=("GET", "POST"))
def register(request: HttpRequest) -> HttpResponse:
    """Register by typing; likely duplicates are shown first, and passing them over needs a reason."""
    values, errors, candidates = request.POST, [], []
    if request.method == "POST":
        try:
            person = person_of(values)
            citizen_id, card = (normalise_number(values.get(key, "")) for key in ("citizen_id", "insurance_card"))
            reason = values.get("not_a_duplicate", "").strip()
            errors = services.faults(person.cleaned(), citizen_id=citizen_id, insurance_card=card)
            if not errors and not reason:
                candidates = queries.duplicates_of(person, citizen_id=citizen_id, insurance_card=card)
            if not errors and not candidates:
                old = normalise_number(values.get("old_citizen_id", ""))
                patient = services.register(
                    person,
                    actor=actor_of(request),
                    citizen_id=citizen_id,
                    insurance_card=card,
                    other_identifiers=[("old_citizen_id", old)] if old else [],
                    source=values.get("source", "") if values.get("source") in SCANNED else "",
                    not_a_duplicate=reason,
                )
                messages.success(request, _("Đã đăng ký %(number)s") % {"number": patient.patient_number})
                return HttpResponseRedirect(reverse("patients:patient", kwargs={"patient_id": patient.pk}))
        except Invalid as no:
            errors = no.errors
        except SaysNo as no:
            errors = [FieldError("citizen_id", no.code, no.message)]
    return _register_page(request, values, errors, candidates)


@route("patients.patient.register", methods=("POST",))
def read_card(request: HttpRequest) -> HttpResponse:
    """Read the QR of an identity card (R-106) or insurance card typed by a scanner: the form filled, and who is known already."""
    text = request.POST.get("card", "")
    try:
        values = _from_insurance_card(text) if insurance_card.looks_like(text) else _from_citizen_card(text)
    except Invalid as no:
        return _register_page(request, {}, no.errors, [])
    numbers = {key: values.get(key, "") for key in ("citizen_id", "insurance_card")}
    return _register_page(request, values, [], queries.duplicates_of(person_of(values), **numbers))


def _register_page(
    request: HttpRequest, values: Mapping[str, str], errors: list[FieldError], candidates: list[queries.Candidate]
) -> HttpResponse:
    if candidates:
        audit.record(
            "patients.patient.search.shown",
            also_patients=[c.patient.pk for c in candidates],
            detail={"count": len(candidates)},
        )
    page = {"values": values, "errors": errors, "candidates": candidates, **_lists()}
    return render(request, "patients/register.html", page, status=422 if errors else 200)


def _from_citizen_card(text: str) -> dict[str, str]:
    card = citizen_card.parse(text)
    return {
        "full_name": card.full_name,
        "citizen_id": card.number,
        "old_citizen_id": card.old_number,
        "sex": card.sex,
        "address_line": card.address,
        "birth": _birth_typed(card.birth_date, card.birth_precision),
        "source": "citizen_card",
    }


def _from_insurance_card(text: str) -> dict[str, str]:
    card = insurance_card.parse(text)
    return {
        "full_name": card.full_name,
        "insurance_card": card.number,
        "sex": card.sex,
        "address_line": card.address,
        "birth": _birth_typed(card.birth_date, card.birth_precision),
        "source": "insurance_card",
    }


def _birth_typed(day: date | None, precision: str) -> str:
    if day is None:
        return ""
    return f"{day:%d/%m/%Y}" if precision == "day" else str(day.year)


def _lists() -> dict[str, object]:
    return {
        "sexes": list(SEXES.items()),
        "legal_bases": LEGAL_BASES,
        "ethnicities": codes.entries("dan_toc"),
        "occupations": codes.entries("nghe_nghiep"),
    }


@route("patients.patient.register", methods=("GET", "POST"))
def emergency(request: HttpRequest) -> HttpResponse:
    """Register somebody without any identity (REC-18)."""
    errors: list[FieldError] = []
    if request.method == "POST":
        year = request.POST.get("birth_year", "").strip()
        try:
            patient = services.register_emergency(
                actor=actor_of(request),
                sex=request.POST.get("sex", "3"),
                description=request.POST.get("description", ""),
                birth_year=int(year) if re.fullmatch(r"[0-9]{4}", year) else None,
            )
        except Invalid as no:
            errors = no.errors
        else:
            messages.success(request, _("Đã đăng ký cấp cứu %(number)s") % {"number": patient.patient_number})
            return HttpResponseRedirect(reverse("patients:patient", kwargs={"patient_id": patient.pk}))
    page = {"sexes": list(SEXES.items()), "errors": errors, "values": request.POST}
    return render(request, "patients/emergency.html", page, status=422 if errors else 200)


@route("patients.patient.read", load=queries.patient)
def patient_page(request: HttpRequest, patient: Patient) -> HttpResponse:
    """One person: who, by which numbers, who speaks for them, what changed, which records."""
    actor = actor_of(request)
    page = {
        "patient": patient,
        "identifiers": queries.identifiers(patient),
        "changes": [(change, queries.change_lines(change)) for change in queries.changes(patient)[:CHANGES_MAX]],
        "representatives": queries.representatives(patient),
        "systems": list(IDENTIFIER_SYSTEMS.items()),
        "merges": queries.merges(patient),
        "sexes": list(SEXES.items()),
        "may": gate.permitted(
            actor,
            patient,
            {
                "update": "patients.patient.update",
                "merge": "patients.patient.merge",
                "open": "records.record.open",
                "audit": "site.audit.patient",
            },
        )
        | {"register": gate.allowed(actor, "patients.patient.register")},
        **_lists(),
    }
    return render(request, "patients/patient.html", page)


def _back(request: HttpRequest, patient: Patient, verb: object, done: str) -> HttpResponse:
    try:
        verb()  # type: ignore[operator]  # a closure made by the view
    except SaysNo as no:
        messages.error(request, "; ".join(e.message for e in no.errors) if isinstance(no, Invalid) else no.message)
    else:
        messages.success(request, done)
    return HttpResponseRedirect(reverse("patients:patient", kwargs={"patient_id": patient.pk}))


@route("patients.patient.update", load=queries.patient, methods=("POST",))
def update(request: HttpRequest, patient: Patient) -> HttpResponse:
    """Change what is known of a person."""

    def verb() -> None:
        known = "known" if request.POST.get("identity_known") else None
        services.update(
            patient,
            person_of(request.POST, patient),
            actor=actor_of(request),
            reason=request.POST.get("reason", ""),
            identity_state=known,
        )

    return _back(request, patient, verb, _("Đã lưu thông tin"))


@route("patients.patient.update", load=queries.patient, methods=("POST",))
def add_identifier(request: HttpRequest, patient: Patient) -> HttpResponse:
    """Add a dated identifier."""
    return _back(
        request,
        patient,
        lambda: services.add_identifier(
            patient, request.POST.get("system", ""), request.POST.get("value", ""), actor=actor_of(request)
        ),
        _("Đã thêm số giấy tờ"),
    )


@route("patients.patient.update", load=queries.patient, methods=("POST",))
def add_representative(request: HttpRequest, patient: Patient) -> HttpResponse:
    """Note who speaks for the patient."""
    p = request.POST
    return _back(
        request,
        patient,
        lambda: services.add_representative(
            patient,
            actor=actor_of(request),
            full_name=p.get("full_name", ""),
            relation=p.get("relation", ""),
            identity_number=p.get("identity_number", ""),
            phone=p.get("phone", ""),
            legal_basis=p.get("legal_basis", ""),
        ),
        _("Đã thêm người đại diện"),
    )


def _identifier(identifier_id: int) -> Identifier:
    found = Identifier.objects.select_related("patient").filter(pk=identifier_id).first()
    if found is None:
        raise NotFound
    return found


@route("patients.patient.update", load=_identifier, methods=("POST",))
def close_identifier(request: HttpRequest, identifier: Identifier) -> HttpResponse:
    """Note that an identifier is no longer good, from today on."""
    return _back(
        request,
        identifier.patient,
        lambda: services.close_identifier(identifier, actor=actor_of(request), valid_to=clock.today()),
        _("Đã ghi hết hiệu lực"),
    )


@route("patients.patient.update", load=_identifier, methods=("POST",))
def cancel_identifier(request: HttpRequest, identifier: Identifier) -> HttpResponse:
    """Cancel an identifier with a reason."""
    return _back(
        request,
        identifier.patient,
        lambda: services.cancel_identifier(identifier, actor=actor_of(request), reason=request.POST.get("reason", "")),
        _("Đã hủy số giấy tờ"),
    )


@route("patients.patient.read", load=queries.patient, methods=("GET", "POST"))
def newborn(request: HttpRequest, patient: Patient) -> HttpResponse:
    """Register a newborn with its mother."""
    errors: list[FieldError] = []
    if request.method == "POST":
        try:
            child = services.register_newborn(
                patient,
                actor=actor_of(request),
                born_on=_day_of_birth(request.POST.get("birth", "")),
                sex=request.POST.get("sex", "3"),
                full_name=request.POST.get("full_name", ""),
            )
        except Invalid as no:
            errors = no.errors
        else:
            messages.success(request, _("Đã đăng ký trẻ sơ sinh %(number)s") % {"number": child.patient_number})
            return HttpResponseRedirect(reverse("patients:patient", kwargs={"patient_id": child.pk}))
    page = {"patient": patient, "errors": errors, "values": request.POST, "sexes": list(SEXES.items())}
    return render(request, "patients/newborn.html", page, status=422 if errors else 200)


def _day_of_birth(text: str) -> date:
    born, precision = read_birth(text)
    if born is None or precision != "day":
        raise Invalid([FieldError("birth", "format", _("Nhập ngày sinh dạng ngày/tháng/năm"))])
    return born


@route("patients.patient.merge", load=queries.patient, methods=("GET", "POST"))
def merge(request: HttpRequest, patient: Patient) -> HttpResponse:
    """Compare two copies of a person side by side and join them."""
    actor = actor_of(request)
    text = request.GET.get("q", "")
    if request.method == "POST":
        try:
            other = queries.patient(UUID(request.POST.get("other", "")))
        except ValueError as error:
            raise NotFound from error
        keep, end = (
            (patient, other) if request.POST.get("survivor", str(patient.pk)) == str(patient.pk) else (other, patient)
        )
        return _back(
            request,
            keep,
            lambda: services.merge(keep, end, reason=request.POST.get("reason", ""), actor=actor),
            _("Đã gộp; có thể tách lại bất cứ lúc nào"),
        )
    found = [p for p in queries.search(actor, text or patient.full_name) if p.pk != patient.pk][:MERGE_CANDIDATES_MAX]
    if found:
        audit.record("patients.patient.search.shown", also_patients=[p.pk for p in found], detail={"count": len(found)})
    page = {"patient": patient, "found": found, "text": text, "numbers": queries.active_numbers([patient, *found])}
    return render(request, "patients/merge.html", page)


def _merge(merge_id: UUID) -> Merge:
    found = Merge.objects.select_related("survivor", "secondary").filter(pk=merge_id).first()
    if found is None:
        raise NotFound
    return found


@route("patients.patient.merge", load=_merge, methods=("POST",))
def unmerge(request: HttpRequest, link: Merge) -> HttpResponse:
    """Undo a merge."""
    return _back(
        request,
        link.survivor,
        lambda: services.unmerge(link, reason=request.POST.get("reason", ""), actor=actor_of(request)),
        _("Đã tách lại thành hai người bệnh"),
    )
