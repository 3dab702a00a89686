"""Routes of practice."""

from django.urls import path

from benhan.rollout.training import views

app_name = "training"
urlpatterns = [
    path("", views.overview, name="overview"),
    path("mine/", views.tasks, name="tasks"),
    path("mine/<slug:code>", views.begin, name="begin"),
    path("panel", views.panel_again, name="panel"),
    path("certificates.json", views.export, name="export"),
    path("certificates", views.take, name="take"),
]
