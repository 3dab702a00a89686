"""Routes of readiness."""

from django.urls import path

from benhan.rollout.readiness import views

app_name = "readiness"
urlpatterns = [
    path("", views.overview, name="overview"),
    path("begin", views.begin, name="begin"),
    path("runs/<uuid:readiness_id>/", views.run_page, name="run"),
    path("runs/<uuid:readiness_id>/step", views.step, name="step"),
    path("runs/<uuid:readiness_id>/report.pdf", views.pdf, name="pdf"),
    path("criteria/<slug:criterion>/", views.criterion_page, name="criterion"),
]
