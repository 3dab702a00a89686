"""Site: URLs, menu, home page, first-run wizard."""
