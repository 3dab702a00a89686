"""Which house this is: the practice house and the real one never share a database, a key or a page without the words."""

from __future__ import annotations

from django.conf import settings
from django.db import connection
from django.utils.translation import gettext
from markupsafe import Markup

from benhan.facility.models import Facility
from benhan.kernel.errors import Conflict, Refused
from benhan.rollout.training.models import PracticeHouse

MARK = "THỰC HÀNH"
CODE = "00000"  # the facility code of every practice house: no real facility has it


def is_practice() -> bool:
    """Is this process in a practice house? Told by the data directory (config.home)."""
    return bool(settings.BENHAN_PRACTICE)


def require_practice() -> None:
    """Tasks are begun in the practice house alone."""
    if not is_practice():
        raise Conflict("Việc này chỉ làm trong nhà thực hành", code="not_practice")


def require_real() -> None:
    """What belongs to the real house alone is refused where people practise."""
    if is_practice():
        raise Conflict("Việc này chỉ làm ở nhà thật, không làm trong nhà thực hành", code="practice")


def mismatch() -> str:
    """Why directory and database do not belong together; empty when they do. A database without tables fits both."""
    tables = set(connection.introspection.table_names())
    marked = "training_practicehouse" in tables and PracticeHouse.objects.exists()
    if is_practice():
        used = "facility_facility" in tables and Facility.objects.exists()
        return "practice directory, real database" if used and not marked else ""
    return "real directory, practice database" if marked else ""


def require_match() -> None:
    """Refuse to work when a practice directory meets a real database, or the other way round."""
    if why := mismatch():
        raise Refused(
            "Thư mục dữ liệu và cơ sở dữ liệu không cùng một nhà (nhà thực hành và nhà thật phải tách rời): kiểm tra "
            "BENHAN_HOME, BENHAN_DATABASE_URL và BENHAN_PRACTICE_DATABASE_URL",
            code=why.replace(", ", "_").replace(" ", "_"),
        )


def banner() -> Markup | None:
    """The words over every page, also when it is printed."""
    if not is_practice():
        return None
    return Markup('<div class="practice-banner" role="note"><strong>{}</strong> {}</div>').format(
        MARK, gettext("người bệnh bịa ra, không phải hồ sơ thật")
    )
