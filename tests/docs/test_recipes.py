"""The recipes do what they say: each is played with a scenario on the virtual clock."""

from __future__ import annotations

import pytest

from engine.scenarios.trial import try_process
from tests.docs.pages import DOCS, page_of
from tests.docs.test_examples import stories, with_messages

PROCESS = "processes/request.yaml"
BEGIN = """scenarios:
- scenario: the recipe
  start: {as: customer, values: {name: Clara Nowak, email: clara@post.example, subject: Lid}}
  steps:
"""
SORT = "  - {as: dispatcher, do: sort, values: {category: billing, severity: S1}}\n"

PLAYED = {
    "Ask the customer and wait": SORT
    + """
  - {as: ann, do: ask, values: {question: Which lid?}, expect: {sent: [request-question]}}
  - {as: customer, message: customer-replied, values: {text: The red one.}, expect: {state: working}}
""",
    "Remind, then give up": SORT
    + """
  - {as: agent, do: wait, values: {text: Which lid?}}
  - {wait: 3bd, expect: {state: waiting-for-customer, sent: [request-reminder]}}
  - {wait: 5bd, expect: {state: no-reply, sent: [request-closed]}}
""",
    "Let somebody else check (four eyes)": SORT
    + """
  - {as: greta, do: hand-in, values: {text: Here.}}
  - {as: greta, do: approve, refused: excluded}
  - {as: ann, do: send-back, refused: comment-needed}
  - {as: ann, do: approve, expect: {state: done, sent: [request-answered]}}
""",
    "Give the work back to the same person": SORT
    + """
  - {as: ann, do: consult, values: {text: Not sure.}}
  - {as: tech-lead, do: advise, expect: {state: working, assignee: ann}}
""",
    "Say what people call it": SORT
    + """
  - {as: greta, do: hand-in, values: {text: Here.}}
  - {as: greta, do: send-back, refused: excluded}
  - {as: team-lead, do: send-back, expect: {state: working, returned: 1, care: usual}}
""",
    "Route by a table": """
  - {as: dispatcher, do: sort, values: {category: billing, severity: S2}, expect: {queue: billing}}
  - {as: team-lead, do: answer, values: {text: Paid.}, refused: not-allowed}
  - {as: billing, do: answer, values: {text: Paid.}, expect: {state: done}}
""",
    "A deadline that depends on severity": """
  - as: dispatcher
    do: sort
    values: {category: billing, severity: S2}
    expect: {promise: 5bd, due: "2026-11-30 17:00"}
""",
    "Wait until a date": SORT
    + """
  - {as: agent, do: offer, values: {valid_until: "2026-12-01"}}
  - {until: "2026-11-30 12:00", expect: {state: offered, sent: [request-reminder]}}
  - {until: "2026-12-01 23:00", expect: {state: offered}}
  - {until: "2026-12-02 00:01", expect: {state: lapsed}}
""",
    "Several at once, and join": SORT
    + """
  - {as: tech-lead, do: give, values: {feasible: true}}
  - {as: legal-dpo, do: give, values: {allowed: false}, expect: {state: working}}
""",
    "One task for each row of a table": """
  - as: dispatcher
    do: sort
    values: {category: other, severity: S2, documents: [{name: Terms, owner: ann}, {name: Guide, owner: ben}]}
    expect: {state: [amend-one, amend-one]}
  - {as: ann, do: finish, values: {changed: true}}
  - {as: ben, do: finish, values: {changed: false}, expect: {state: done}}
""",
    "Reopen": SORT
    + """
  - {as: agent, do: answer, values: {text: Here.}, expect: {state: done}}
  - {as: customer, reopen: It is the wrong lid., expect: {state: working}}
""",
    "Withdraw from anywhere": """
  - {as: customer, do: withdraw, expect: {state: withdrawn}}
""",
    "Heed a customer who writes unasked": """
  - {message: customer-replied, values: {text: Hello?}, expect: {unaddressed: [customer-wrote]}}
"""
    + SORT
    + """
  - {as: ann, claim: working}
  - {message: customer-replied, values: {text: Hello?}, expect: {state: working, sent: [customer-wrote]}}
""",
    "Send a message to a role": """
  - as: dispatcher
    do: sort
    values: {category: billing, severity: S1}
    expect: {sent: [request-begun, request-urgent]}
""",
    "Tell somebody when nobody takes it": """
  - {wait: 4bh, expect: {sent: [], notified: [team-lead]}}
""",
    "Count how often": SORT
    + """
  - {as: agent, do: hand-in, values: {text: One.}}
  - {as: team-lead, do: send-back, expect: {state: working, returned: 1}}
  - {as: agent, do: hand-in, values: {text: Two.}}
  - {as: team-lead, do: send-back, expect: {state: working, returned: 2}}
  - {as: agent, do: hand-in, values: {text: Three.}}
  - {as: team-lead, do: send-back, expect: {state: working, returned: 3}}
  - {as: agent, do: hand-in, values: {text: Four.}}
  - {as: team-lead, do: send-back, expect: {state: received, returned: 4}}
""",
    "Ask only when": """
  - as: dispatcher
    do: sort
    values: {category: other, severity: S1}
    refused: invalid-values
    fields: safety_note
  - {as: dispatcher, do: sort, values: {category: other, severity: S2}, expect: {offered: [answer]}}
  - {as: agent, do: refund, comment: Why not., values: {text: Here.}, refused: not-offered}
""",
    "Compute a total": SORT
    + """
  - as: ann
    do: offer
    values: {lines: [{item: Lid, qty: 2, unit_price: "600.10"}]}
    expect: {state: checking, "answer.total": "1200.20"}
""",
}

STORIES = {story.title: story for story in stories(page_of(DOCS / "how-to/write-a-process.md")) if story.title}


def test_every_recipe_is_played() -> None:
    assert list(PLAYED) and set(PLAYED) == set(STORIES)


@pytest.mark.parametrize("title", PLAYED)
def test_a_recipe_does_what_it_says(title: str) -> None:
    files = dict(STORIES[title].files)
    files["processes/request.scenarios.yaml"] = BEGIN + PLAYED[title]
    trial = try_process(with_messages(files), PROCESS)
    assert trial.told and not trial.problems, "\n".join(str(problem) for problem in trial.problems)
