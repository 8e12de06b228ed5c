"""The front door: what a browser or a monitor reaches.

Owns the application: which nouns it has, and what guards every request, in this order: who asks, may they, was it
meant. Must not decide anything about a case: the engine does.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta

from flask import Flask, Request, Response, g, request
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface, SessionMixin
from flask_wtf.csrf import CSRFProtect

from engine.errors import Rejected
from web import (
    absences,
    access,
    account,
    approvals,
    cases,
    editor,
    errors,
    files,
    headers,
    home,
    inbox,
    incidents,
    language,
    layout,
    lost_links,
    mail,
    masking,
    messages,
    mine,
    monitoring,
    notices,
    processes,
    proofs,
    public,
    questions,
    requests,
    sessions,
    starting,
    status,
    tasks,
    times,
    uploads,
    webhooks,
)
from web.house import House, Settings, house

NOUNS = (
    *(home, sessions, account, absences, inbox, approvals, tasks, questions, messages, starting),
    *(cases, files, processes, proofs, editor, public, lost_links, status, mine),
    *(incidents, mail, webhooks, notices, monitoring),
)


class _Signed(SecureCookieSessionInterface):
    """Flask's own cookie, for what a guest's page has to know again; signed with the secret of the house."""

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        # The secret stands in the database, and these are asked when it does not answer too.
        if request.path in monitoring.WITHOUT_DATABASE:
            return self.session_class()
        try:
            return super().open_session(app, request)
        except Rejected as refused:  # it does not answer: told on a page, once there can be one
            g.refused = refused
            return self.session_class()

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        with suppress(Rejected):
            super().save_session(app, session, response)

    def get_signing_serializer(self, app: Flask) -> object:  # type: ignore[override]
        if not app.secret_key:
            app.secret_key = house().secret
        return super().get_signing_serializer(app)

    def get_cookie_secure(self, app: Flask) -> bool:
        return request.is_secure or house().settings.secure


def create_app(settings: Settings | None = None) -> Flask:
    """The WSGI application. Opens nothing before the first request."""
    app = Flask(__name__)
    app.config.update(
        MAX_CONTENT_LENGTH=uploads.TOGETHER + uploads.LARGEST_TEXT,
        MAX_FORM_MEMORY_SIZE=uploads.LARGEST_TEXT,
        SESSION_COOKIE_NAME="heard-page",
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_HTTPONLY=True,
        SEND_FILE_MAX_AGE_DEFAULT=timedelta(hours=1),
        WTF_CSRF_TIME_LIMIT=None,
    )
    app.session_interface = _Signed()
    app.extensions["heard"] = House(settings or Settings())
    requests.guard(app)
    language.setup(app)
    times.setup(app)
    layout.setup(app)
    errors.guard(app)
    sessions.guard(app)
    access.guard(app)
    forgery = CSRFProtect(app)
    forgery.exempt(webhooks.pages)  # no browser sends these, and each is signed
    headers.guard(app)
    masking.setup(app)
    uploads.setup(app)
    for noun in NOUNS:
        app.register_blueprint(noun.pages)
    return app


def create_monitor(settings: Settings, silent: Callable[[], float]) -> Flask:
    """What a monitor may ask and no page, for a program that has none: `heard worker`. `silent` says for how many
    seconds its work has stood still; none while it goes on.
    """
    app = Flask(__name__, static_folder=None)
    app.extensions["heard"] = House(settings)
    app.extensions[monitoring.SILENT] = silent
    app.register_blueprint(monitoring.pages)
    return app
