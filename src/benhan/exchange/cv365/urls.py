"""Routes of the exchange file."""

from django.urls import path

from benhan.exchange.cv365 import views

app_name = "cv365"
urlpatterns = [
    path("import/cv365/", views.arrivals, name="arrivals"),
    path("import/cv365/upload", views.upload, name="upload"),
    path("records/<uuid:record_id>/cv365", views.export, name="export"),
]
