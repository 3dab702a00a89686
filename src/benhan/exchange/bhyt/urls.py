"""Routes of the import."""

from django.urls import path

from benhan.exchange.bhyt import views

app_name = "bhyt"
urlpatterns = [
    path("bhyt/", views.runs, name="runs"),
    path("bhyt/upload", views.upload, name="upload"),
    path("bhyt/<uuid:run_id>/", views.run_page, name="run"),
    path("bhyt/<uuid:run_id>/step", views.step, name="step"),
]
