"""Archive: sealed packages; later retention, requests, disposal."""
