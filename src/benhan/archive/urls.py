"""Routes of the archive."""

from django.urls import path

from benhan.archive import views

app_name = "archive"
urlpatterns = [
    path("records/<uuid:record_id>/package.zip", views.download, name="package"),
    path("admin/backups", views.backups, name="backups"),
]
