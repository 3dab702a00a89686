"""The routes of a health department (`benhan serve --authority`): board and reports, accounts, the log. No rooms of a hospital."""

from django.urls import include, path

from benhan.site import views, views_admin, views_audit, views_authority

site_patterns = (
    [
        path("", views_authority.home, name="home"),
        path("language", views.language, name="language"),
        path("health", views.health, name="health"),
        path("setup", views_authority.setup, name="setup"),
        path("admin/staff", views_admin.staff_list, name="staff"),
        path("admin/departments", views_admin.add_department, name="add_department"),
        path("admin/accounts/<uuid:account_id>", views_admin.change_account, name="account"),
        path("audit/", views_audit.log, name="audit"),
        path("audit/verify", views_audit.verify_log, name="audit_verify"),
        path("audit/accounts/<uuid:account_id>", views_audit.by_account, name="audit_account"),
    ],
    "site",
)

urlpatterns = [
    path("", include(site_patterns)),
    path("", include("benhan.access.urls")),
    path("ui/", include("benhan.ui.urls")),
    path("", include("benhan.rollout.authority.urls")),
]
