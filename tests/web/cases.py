"""Values for forms that begin a case."""

from __future__ import annotations

from typing import Any

COMPLAINT: dict[str, Any] = {
    "immediate_danger": False,
    "channel": "web",
    "complainant_type": "business",
    "name": "Oliver Grant",
    "contact_email": "oliver@grant-freight.example",
    "preferred_channel": "email",
    "language": "en",
    "subject": "Three wrong invoices",
    "product": "Brightwater Ledger",
    "occurred_on": "2026-11-19",
    "description": "Every invoice since September shows the price of last year.",
    "remedy_sought": ["correction"],
    "privacy_notice_version": "2026-01",
}
"""By e-mail; nobody is in danger."""

MINOR: dict[str, Any] = {
    "complaint_valid_scope": True,
    "category": "information_wrong_or_missing",
    "subcategory": "opening hours",
    "impact": "individual",
    "urgency": "low",
    "safety_or_health": False,
    "legal_or_regulator": False,
    "personal_data_breach": False,
    "press_or_ombudsman": False,
    "customer_blocked": False,
    "similar_checked": True,
    "similar_found": 0,
    "immediate_action_needed": False,
    "handler": "ann",
    "investigation_depth": "by_severity",
}
"""An assessment of a complaint: S4, and Ann answers it."""

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
