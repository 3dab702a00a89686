"""Routes of the patient index."""

from django.urls import path

from benhan.patients import views

app_name = "patients"
urlpatterns = [
    path("patients/", views.search_page, name="search"),
    path("patients/results", views.results, name="results"),
    path("patients/register", views.register, name="register"),
    path("patients/register/card", views.read_card, name="read_card"),
    path("patients/emergency", views.emergency, name="emergency"),
    path("patients/<uuid:patient_id>/", views.patient_page, name="patient"),
    path("patients/<uuid:patient_id>/update", views.update, name="update"),
    path("patients/<uuid:patient_id>/identifiers", views.add_identifier, name="add_identifier"),
    path("patients/<uuid:patient_id>/representatives", views.add_representative, name="add_representative"),
    path("patients/<uuid:patient_id>/newborn", views.newborn, name="newborn"),
    path("patients/<uuid:patient_id>/merge", views.merge, name="merge"),
    path("merges/<uuid:merge_id>/undo", views.unmerge, name="unmerge"),
    path("identifiers/<int:identifier_id>/close", views.close_identifier, name="close_identifier"),
    path("identifiers/<int:identifier_id>/cancel", views.cancel_identifier, name="cancel_identifier"),
]
