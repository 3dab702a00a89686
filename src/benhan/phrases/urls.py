"""Routes of ready-made texts and abbreviations."""

from django.urls import path

from benhan.phrases import views, views_abbreviations

app_name = "phrases"
urlpatterns = [
    path("phrases/", views.snippets, name="snippets"),
    path("phrases/offered", views.offered, name="offered"),
    path("phrases/add", views.add, name="add"),
    path("phrases/<uuid:snippet_id>/", views.change, name="change"),
    path("phrases/<uuid:snippet_id>/remove", views.remove, name="remove"),
    path("abbreviations/", views_abbreviations.listed, name="abbreviations"),
    path("abbreviations/add", views_abbreviations.add, name="abbreviation_add"),
    path("abbreviations/propose", views_abbreviations.propose, name="propose"),
    path("abbreviations/upload", views_abbreviations.upload, name="upload"),
    path("abbreviations/publish", views_abbreviations.publish, name="publish"),
    path("abbreviations/draft.csv", views_abbreviations.working_csv, name="working_csv"),
    path("abbreviations/editions/<int:number>.csv", views_abbreviations.edition_csv, name="edition_csv"),
    path("abbreviations/<uuid:line_id>/", views_abbreviations.change, name="abbreviation"),
    path("abbreviations/<uuid:line_id>/drop", views_abbreviations.drop, name="drop"),
]
