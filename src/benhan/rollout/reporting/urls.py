"""Routes of the reports to the department."""

from django.urls import path

from benhan.rollout.reporting import views

app_name = "reporting"
urlpatterns = [
    path("", views.reports, name="reports"),
    path("make", views.make, name="make"),
    path("address", views.address, name="address"),
    path("<int:serial>.json", views.file, name="file"),
    path("<int:serial>/send", views.send, name="send"),
]
