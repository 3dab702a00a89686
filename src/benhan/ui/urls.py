"""Routes of the frame."""

from django.urls import path

from benhan.ui import views

app_name = "ui"
urlpatterns = [
    path("language", views.language, name="language"),
    path("codes", views.codes, name="codes"),
    path("gallery", views.gallery, name="gallery"),
]
