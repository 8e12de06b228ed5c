"""The sentences in which a clock is explained, by language.

Owns them alone; `engine.core.clock_explanations` fills them in.
"""

from __future__ import annotations

from collections.abc import Mapping

WORDS: Mapping[str, Mapping[str, str]] = {
    "en": {
        "running": "due {due}",
        "paused": "stands still since {since}; without more pause it would be due {due}",
        "stopped": "done {ended}, in time for {due}",
        "stopped late": "done {ended}, too late for {missed}",
        "cancelled": "cancelled {ended}, when the case ended",
        "cancelled late": "cancelled {ended}, when the case ended; it had missed {missed}",
        "undone": "does not count: the message with which it began was taken back {ended}",
        "missed": "missed {missed}; since then it has run on",
        "none": "nothing is promised so far",
        "none any more": "nothing is promised any more",
        "none late": "missed {missed}; nothing is promised any more",
        "none ended": "nothing was promised",
        "none ended late": "missed {missed}; at its end, {ended}, nothing was promised any more",
        "run": "run number {run}: what was promised before has been done",
        "earlier": "run number {run}: {head}",
        "missed before": "{head} (missed before: {times})",
        "nothing": "nothing",
        "at first": "from {start} on nothing was promised",
        "replaced": "{at}: {who} changed it from {old} to {new}, reckoned from the same beginning",
        "behalf": "{who} (on behalf of {behalf})",
        "because": "{changed}, because {why}",
        "pause": "stood still {begin} to {end}: {lasted} that count, so the deadline moved to {to}",
        "still": "stands still since {begin}",
        "used": "{used} of it are used up",
        "hard": "hard stop {at}, whatever pauses there are",
        "open": "{hours:g} working hours",
        "all": "{hours:g} hours",
    },
    "de": {
        "running": "fällig {due}",
        "paused": "steht seit {since} still; ohne weitere Pause wäre es {due} fällig",
        "stopped": "erledigt {ended}, rechtzeitig vor {due}",
        "stopped late": "erledigt {ended}, zu spät für {missed}",
        "cancelled": "hinfällig {ended}, weil der Vorgang endete",
        "cancelled late": "hinfällig {ended}, weil der Vorgang endete; verpasst war {missed}",
        "undone": "zählt nicht: die Nachricht, mit der es begann, wurde {ended} zurückgenommen",
        "missed": "verpasst {missed}; seitdem läuft es weiter",
        "none": "bisher ist nichts zugesagt",
        "none any more": "es ist nichts mehr zugesagt",
        "none late": "verpasst {missed}; jetzt ist nichts mehr zugesagt",
        "none ended": "es war nichts zugesagt",
        "none ended late": "verpasst {missed}; am Ende, {ended}, war nichts mehr zugesagt",
        "run": "Lauf Nummer {run}: Früheres ist erledigt",
        "earlier": "Lauf Nummer {run}: {head}",
        "missed before": "{head} (früher verpasst: {times})",
        "nothing": "nichts",
        "at first": "ab {start} war nichts zugesagt",
        "replaced": "{at}: {who} hat es von {old} auf {new} geändert, gerechnet vom selben Beginn",
        "behalf": "{who} (in Vertretung von {behalf})",
        "because": "{changed}, weil {why}",
        "pause": "stand {begin} bis {end} still: {lasted}, die zählen, also neue Frist {to}",
        "still": "steht seit {begin} still",
        "used": "{used} davon sind verbraucht",
        "hard": "äußerste Frist {at}, gleich welche Pausen es gibt",
        "open": "{hours:g} Arbeitsstunden",
        "all": "{hours:g} Stunden",
    },
}
