"""The web application for any WSGI server, from a checkout: `waitress-serve --listen=127.0.0.1:8000 wsgi:app`.

Where Heard was installed, it is `web.wsgi:app`.
"""

from web.wsgi import app

__all__ = ["app"]
