"""The ways to the outside: one handler a kind of parcel, and what each of them has to be told about its other side.

Owns which kinds there are. A handler does its one thing and knows nothing of who drives it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from engine.runtime import Engine
from engine.store.outbox import LETTER, MESSAGE, NOTICE, WEBHOOK
from engine.workers.channels.messages import Messages
from engine.workers.channels.notices import Letters, Notices
from engine.workers.channels.smtp import mail_server
from engine.workers.channels.webhooks import Webhooks
from engine.workers.delivering import Handlers, Together

PAGES = "HEARD_URL"
"""The address at which people reach the pages, for links in mail."""


def handlers(engine: Engine, environ: Mapping[str, str]) -> Handlers:
    """Those that are set up here; what has none waits in the outbox. Rejected("mail-server") when what the environment
    says cannot be meant.
    """
    server = mail_server(environ)
    if server is None:
        return {WEBHOOK: Webhooks(engine, environ), NOTICE: Notices(engine, mails=False)}
    return {
        WEBHOOK: Webhooks(engine, environ),
        MESSAGE: Messages(engine, server, environ.get(PAGES, "")),
        NOTICE: Notices(engine, mails=True),
        LETTER: Together(Letters(engine, server, environ.get(PAGES, ""))),
    }


def mails_pages(environ: Mapping[str, str]) -> bool:
    """Whether mail leads people to the pages: a mail server is named, and where the pages are."""
    return bool(environ.get(PAGES)) and mail_server(environ) is not None


def probe(environ: Mapping[str, str]) -> Callable[[], str] | None:
    """Asks the mail server whether it would take a message; None when none is named."""
    server = mail_server(environ)
    return None if server is None else server.probe
