"""Hands that have no mouse: everything by keys, as a practised typist does it."""

from __future__ import annotations

from typing import Any

STEPS_MAX = 90
HERE = """() => { const e = document.activeElement; return {
  tag: e.tagName, name: e.name || "", type: e.type || "", kind: e.dataset.kind || "", codes: e.dataset.codes || "",
  placeholder: e.placeholder || "",
  text: (e.innerText || e.value || "").trim() }; }"""


def tab_to(
    page: Any, text: str = "", *, name: str = "", placeholder: str = "", backwards: bool = False, steps: int = STEPS_MAX
) -> None:
    """Press Tab until the wanted button, link or field has the focus."""
    for _ in range(steps):
        here = page.evaluate(HERE)
        if name or placeholder:
            found = here["name"] == name if name else here["placeholder"] == placeholder
        else:
            found = here["tag"] in ("A", "BUTTON") and text in here["text"]
        if found:
            return
        page.keyboard.press("Shift+Tab" if backwards else "Tab")
    raise AssertionError(f"not reached by Tab: {text or name or placeholder}")


def begin_form(page: Any, words: str) -> None:
    """On the page of a record: Alt+G, some words of the form's name, Enter."""
    page.wait_for_selector("[data-picker]")
    page.wait_for_load_state()
    page.keyboard.press("Alt+g")
    page.keyboard.type(words)
    page.keyboard.press("Enter")
    page.wait_for_url("**/drafts/**")  # and its scripts: a key pressed before them is nobody's
    page.wait_for_selector("form[data-editor]")
    page.wait_for_load_state()


def fill_what_is_missing(page: Any, answers: dict[str, str]) -> list[str]:
    """Alt+N from gap to gap, typing an answer into each; returns the names that were filled."""
    filled: list[str] = []
    for _ in range(STEPS_MAX):
        page.keyboard.press("Alt+n")
        here = page.evaluate(HERE)
        if here["name"] in filled or not here["name"]:
            return filled
        filled.append(here["name"])
        plain = "1" if here["kind"] == "number" else "Không ghi nhận bất thường"
        _answer(page, here, answers.get(here["name"].split(".")[-1], plain))
    raise AssertionError("Alt+N never comes to an end")


def _answer(page: Any, here: dict[str, str], answer: str) -> None:
    if here["type"] == "radio":
        page.keyboard.press("Space")
    elif here["tag"] == "SELECT":
        page.keyboard.press("ArrowDown")
    elif here["kind"] in ("date", "datetime"):
        page.keyboard.press("Alt+t")
    elif here["codes"]:
        page.keyboard.type(answer, delay=5)
        page.wait_for_selector(".code-list:not([hidden]) li")
        page.keyboard.press("ArrowDown")
        page.keyboard.press("Enter")
    else:
        page.keyboard.type(answer)
