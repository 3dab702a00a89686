"""Routes of the dossier."""

from django.urls import path

from benhan.rollout.dossier import views

app_name = "dossier"
urlpatterns = [
    path("", views.papers, name="papers"),
    path("letterhead", views.letterhead_page, name="letterhead"),
    path("preview/<slug:template_code>.pdf", views.preview, name="preview"),
    path("preview/<slug:template_code>.docx", views.preview_docx, name="preview_docx"),
    path("make/<slug:template_code>", views.make, name="make"),
    path("outside/<slug:template_code>", views.outside, name="outside"),
    path("papers/<uuid:paper_id>/", views.paper_page, name="paper"),
    path("papers/<uuid:paper_id>/sign", views.sign, name="sign"),
    path("papers/<uuid:paper_id>/file.pdf", views.pdf, name="pdf"),
    path("papers/<uuid:paper_id>/file.docx", views.docx, name="docx"),
]
