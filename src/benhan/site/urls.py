"""The routes of the house."""

from django.urls import include, path

from benhan.site import views, views_admin, views_audit, views_setup

site_patterns = (
    [
        path("", views.home, name="home"),
        path("language", views.language, name="language"),
        path("health", views.health, name="health"),
        path("setup", views_setup.wizard, name="setup"),
        path("certificate", views.my_certificate, name="my_certificate"),
        path("admin/staff", views_admin.staff_list, name="staff"),
        path("admin/settings", views_admin.settings_page, name="settings"),
        path("admin/facility", views_admin.rename, name="rename"),
        path("admin/seal", views_admin.renew_seal, name="renew_seal"),
        path("admin/departments", views_admin.add_department, name="add_department"),
        path("admin/accounts/<uuid:account_id>", views_admin.change_account, name="account"),
        path("audit/", views_audit.log, name="audit"),
        path("audit/verify", views_audit.verify_log, name="audit_verify"),
        path("audit/accounts/<uuid:account_id>", views_audit.by_account, name="audit_account"),
        path("patients/<uuid:patient_id>/audit", views_audit.by_patient, name="audit_patient"),
    ],
    "site",
)

urlpatterns = [
    path("", include(site_patterns)),
    path("", include("benhan.access.urls")),
    path("ui/", include("benhan.ui.urls")),
    path("", include("benhan.formbook.urls")),
    path("", include("benhan.phrases.urls")),
    path("", include("benhan.patients.urls")),
    path("", include("benhan.records.urls")),
    path("", include("benhan.archive.urls")),
    path("import/", include("benhan.exchange.bhyt.urls")),
    path("", include("benhan.exchange.cv365.urls")),
    path("rollout/readiness/", include("benhan.rollout.readiness.urls")),
    path("rollout/reports/", include("benhan.rollout.reporting.urls")),
    path("rollout/survey/", include("benhan.rollout.survey.urls")),
    path("rollout/dossier/", include("benhan.rollout.dossier.urls")),
    path("rollout/plan/", include("benhan.rollout.plan.urls")),
    path("rollout/calendar/", include("benhan.rollout.duties.urls")),
    path("rollout/stopping/", include("benhan.rollout.stopping.urls")),
    path("rollout/training/", include("benhan.rollout.training.urls")),
]
