"""Routes of the health department."""

from django.urls import path

from benhan.rollout.authority import views, views_public, views_taking

app_name = "authority"
urlpatterns = [
    path("board/", views.board, name="board"),
    path("board.xlsx", views.board_xlsx, name="board_xlsx"),
    path("map/", views.province_map, name="map"),
    path("committee.pdf", views.committee_pdf, name="committee_pdf"),
    path("committee.docx", views.committee_docx, name="committee_docx"),
    path("reminders/", views.reminders, name="reminders"),
    path("places/add", views.add, name="add"),
    path("places/<uuid:place_id>/", views.place_page, name="place"),
    path("places/<uuid:place_id>/enrol", views.enrol, name="enrol"),
    path("places/<uuid:place_id>/link", views.link, name="link"),
    path("places/<uuid:place_id>/remind", views.remind, name="remind"),
    path("taking/", views_taking.taking, name="taking"),
    path("taking/files", views_taking.files, name="files"),
    path("taking/sheet", views_taking.sheet_upload, name="sheet"),
    path("taking/template.xlsx", views_taking.template, name="template"),
    path("api/status-reports", views_public.receive, name="receive"),
    path("report/<str:token>", views_public.form, name="form"),
]
