"""The routes of the house."""

from django.urls import include, path

urlpatterns = [
    path("", include("benhan.access.urls")),
]
