"""Routes of the law calendar."""

from django.urls import path

from benhan.rollout.duties import views

app_name = "duties"
urlpatterns = [
    path("", views.calendar, name="calendar"),
    path("note", views.note, name="note"),
]
