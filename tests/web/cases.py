"""Values for forms that begin a case."""

from __future__ import annotations

from typing import Any

INQUIRY: dict[str, Any] = {
    "channel": "phone",
    "contact_name": "Lena Fischer",
    "contact_phone": "+49 89 1234567",
    "contact_email": "lena.fischer@muehlenbau.example",
    "language": "de",
    "subject": "Which <b>hours</b> are you open?",
    "category": "other",
    "description": "I would like to come by on a Friday.",
    "privacy_notice_version": "2026-01",
}
