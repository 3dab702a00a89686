"""Routes of the plan."""

from django.urls import path

from benhan.rollout.plan import views

app_name = "plan"
urlpatterns = [
    path("", views.plan, name="plan"),
    path("make", views.make, name="make"),
    path("refresh", views.refresh, name="refresh"),
    path("add", views.add, name="add"),
    path("plan.ics", views.ics, name="ics"),
    path("plan.docx", views.docx, name="docx"),
    path("plan.pdf", views.pdf, name="pdf"),
    path("tasks/<uuid:task_id>/", views.task_page, name="task"),
    path("tasks/<uuid:task_id>/drop", views.drop, name="drop"),
]
