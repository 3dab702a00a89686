"""Routes of records, documents, drafts and signing."""

from django.urls import path

from benhan.records import views, views_copies, views_documents, views_signing

app_name = "records"
urlpatterns = [
    path("records/", views.worklist, name="worklist"),
    path("records/<uuid:record_id>/", views.record_page, name="record"),
    path("records/<uuid:record_id>/write/<slug:form_code>", views_documents.begin, name="begin"),
    path("records/<uuid:record_id>/discharge", views.discharge, name="discharge"),
    path("records/<uuid:record_id>/undo-discharge", views.undo_discharge, name="undo_discharge"),
    path("records/<uuid:record_id>/close", views.close, name="close"),
    path("records/<uuid:record_id>/reopen", views.reopen, name="reopen"),
    path("records/<uuid:record_id>/seal", views.seal, name="seal"),
    path("records/<uuid:record_id>/supplement", views.supplement, name="supplement"),
    path("records/<uuid:record_id>/assign", views.assign, name="assign"),
    path("records/<uuid:record_id>/sheet/<slug:form_code>.pdf", views_documents.sheet_pdf, name="sheet_pdf"),
    path("records/<uuid:record_id>/manifest/<int:volume_no>.pdf", views_documents.manifest_pdf, name="manifest_pdf"),
    path("patients/<uuid:patient_id>/open", views.open_record, name="open"),
    path("drafts/<uuid:draft_id>/", views_documents.editor, name="editor"),
    path("drafts/<uuid:draft_id>/autosave", views_documents.autosave, name="autosave"),
    path("drafts/<uuid:draft_id>/chart.svg", views_documents.draft_chart, name="draft_chart"),
    path("drafts/<uuid:draft_id>/save", views_documents.save, name="save"),
    path("drafts/<uuid:draft_id>/discard", views_documents.discard, name="discard"),
    path("documents/<uuid:document_id>/", views_documents.document_page, name="document"),
    path("documents/<uuid:document_id>/v<int:version_no>.pdf", views_documents.version_pdf, name="pdf"),
    path("documents/<uuid:document_id>/v<int:version_no>/paper.pdf", views_copies.paper_pdf, name="paper"),
    path("verify/", views_copies.look_up, name="look_up"),
    path("verify/<str:code>", views_copies.look_up, name="look_up_code"),
    path("documents/<uuid:document_id>/amend", views_documents.begin_amendment, name="amend"),
    path("documents/<uuid:document_id>/cancel", views_documents.cancel, name="cancel"),
    path("documents/<uuid:document_id>/restore", views_documents.restore, name="restore"),
    path("documents/<uuid:document_id>/sign", views_signing.sign, name="sign"),
    path("documents/<uuid:document_id>/confirm", views_signing.confirm_page, name="confirm"),
    path("sign/", views_signing.queue, name="queue"),
    path("codes", views_documents.search_codes, name="codes"),
]
