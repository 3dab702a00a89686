"""Routes of log-in and password."""

from django.urls import path

from benhan.access import views

app_name = "access"
urlpatterns = [
    path("login", views.log_in, name="login"),
    path("logout", views.log_out, name="logout"),
    path("password", views.password, name="password"),
]
