"""What people write who know another tool, and the word it is here.

Owns this table alone.
"""

from __future__ import annotations

from collections.abc import Mapping

SYNONYMS: Mapping[str, str] = {
    "to": "go",
    "target": "go",
    "next": "go",
    "goto": "go",
    "if": "when",
    "guard": "when",
    "condition": "when",
    "if-not": "else",
    "otherwise": "else",
    "default": "else",
    "deadline": "due",
    "sla": "due",
    "role": "candidates",
    "roles": "candidates",
    "candidate": "candidates",
    "who": "candidates",
    "user": "assignee",
    "assign": "assignee",
    "timeout": "after",
    "timer": "after",
    "timers": "after",
    "wait": "wait-for",
    "waits-for": "wait-for",
    "message": "send",
    "notify": "send",
    "mail": "send",
    "email": "send",
    "transitions": "on",
    "outcomes": "on",
    "actions": "on",
    "steps": "states",
    "stages": "states",
    "name": "title",
    "id": "process",
    "key": "process",
    "prefix": "reference",
    "end": "final",
    "allowed-when": "only-when",
    "require": "only-when",
    "forbid": "exclude",
    "vars": "variables",
}
