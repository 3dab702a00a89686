"""`python -m benhan`: the same as the `benhan` command."""

from benhan.cli import main

main()
