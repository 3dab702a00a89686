"""Routes of the book of forms."""

from django.urls import path

from benhan.formbook import views

app_name = "formbook"
urlpatterns = [
    path("forms/", views.book, name="book"),
    path("forms/own", views.begin, name="begin"),
    path("forms/own/<uuid:form_id>/", views.own, name="own"),
    path("forms/own/<uuid:form_id>/preview.pdf", views.own_pdf, name="own_pdf"),
    path("forms/own/<uuid:form_id>/publish", views.publish, name="publish"),
    path("forms/own/<uuid:form_id>/discard", views.discard, name="discard"),
    path("forms/<slug:code>/", views.form_page, name="form"),
    path("forms/<slug:code>/<slug:day>.pdf", views.form_pdf, name="pdf"),
]
