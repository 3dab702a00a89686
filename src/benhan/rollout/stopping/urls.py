"""Routes of stopping paper."""

from django.urls import path

from benhan.rollout.stopping import views

app_name = "stopping"
urlpatterns = [
    path("", views.board, name="board"),
    path("paper.xlsx", views.paper_xlsx, name="paper_xlsx"),
    path("departments/<uuid:department_id>/", views.department_page, name="department"),
    path("departments/<uuid:department_id>/phase", views.change, name="change"),
    path("records/<uuid:record_id>/medium", views.medium, name="medium"),
]
