"""The web application for any WSGI server: `waitress-serve --listen=127.0.0.1:8000 web.wsgi:app`."""

import os

from engine.logs import wants_lines, write_lines
from web import create_app

if wants_lines(os.environ):
    write_lines()
app = create_app()
