"""Routes of the survey."""

from django.urls import path

from benhan.rollout.survey import views

app_name = "survey"
urlpatterns = [
    path("", views.survey, name="survey"),
    path("save", views.save, name="save"),
    path("gaps", views.gaps, name="gaps"),
    path("gaps.xlsx", views.gaps_xlsx, name="gaps_xlsx"),
]
