"""This room adds no actions: what it shows is asked for by the pages of the record."""

from benhan.access.gate import Action

ACTIONS: tuple[Action, ...] = ()
