"""UI: base page, components, form widgets; knows no room."""
