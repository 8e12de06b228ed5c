"""What colleagues read of a case is there in every language of its process."""

from __future__ import annotations

from engine.core.effects import Notify
from engine.telling.noticing import in_words
from tests.builders import ANN, CUSTOMER, HEAD, Case, define, files, problems_of, reread

BODY = """
start: {by: customer, form: order-intake, go: open}
states:
  open:
    title: {en: Open, de: Offen}
    task:
      title: {en: "Weigh {intake.size} for {reference}", de: "{intake.size} für {reference} abwägen"}
      candidates: [agent]
    on:
      agree: {go: agreeing, notify: {to: lead, say: {en: "{reference} is weighed", de: "{reference} ist abgewogen"}}}
      plain: {go: plain, notify: {to: lead, say: "Look at {reference}"}}
  agreeing:
    title: {en: Agreeing, de: Einigung}
    approval: {by: {any: [lead]}, binds: [intake]}
    on: {approved: end, rejected: end}
  plain: {title: Plain, task: {candidates: [agent], title: "Look at {reference}"}, on: {done: end}}
  end: {final: true}
"""
FORMS = {
    "order-intake": """
required: [size]
properties:
  size:
    enum: [small]
    labels: {small: {en: a small one, de: ein Kleines}}
"""
}
IN_BOTH = HEAD.replace("[en]", "[en, de]")
ORDER = define(BODY, FORMS, head=IN_BOTH)


def started() -> Case:
    return Case(ORDER).start(CUSTOMER, size="small")


def told(case: Case) -> Notify:
    assert case.last is not None
    return next(effect for effect in case.last.effects if isinstance(effect, Notify))


def test_a_task_is_called_by_its_title_in_each_language_with_what_is_filled_in() -> None:
    task = started().task()
    assert task.title == "Weigh a small one for ORD-2026-00001"
    assert task.titles == {"de": "ein Kleines für ORD-2026-00001 abwägen"}


def test_an_approval_without_a_title_is_called_as_its_state_in_each_language() -> None:
    case = started().claim(ANN).do(ANN, "agree")
    assert (case.task().title, case.task().titles) == ("Agreeing", {"de": "Einigung"})


def test_a_title_that_is_in_no_language_is_the_same_for_all() -> None:
    case = started().claim(ANN).do(ANN, "plain")
    assert (case.task().title, case.task().titles) == ("Look at ORD-2026-00001", {})


def test_the_titles_outlive_the_step_and_are_in_the_history() -> None:
    case = started()
    assert reread(case.here).tasks == case.here.tasks
    assert case.events("task-opened")[0]["titles"] == case.task().titles


def test_a_notice_is_read_in_the_language_of_whoever_is_told() -> None:
    notice = told(started().claim(ANN).do(ANN, "agree"))
    body = {"say": notice.say, "says": notice.says, "about": notice.about}
    assert in_words(ORDER, body, "en", {}) == "ORD-2026-00001 is weighed"
    assert in_words(ORDER, body, "de", {}) == "ORD-2026-00001 ist abgewogen"
    guest = {"about": {"written_by": "guest"}, "say": "When?"}
    assert [in_words(ORDER, guest, one, {}) for one in ("en", "de")] == [
        "The customer writes: When?",
        "Der Kunde schreibt: When?",
    ]
    plain = told(started().claim(ANN).do(ANN, "plain"))
    assert (plain.say, plain.says) == ("Look at ORD-2026-00001", {})


def test_results_of_tables_and_words_of_variables_are_filled_in_as_people_read_them() -> None:
    named = """
decisions:
  weight:
    inputs: [intake.size]
    results: [little, much]
    labels: {little: {en: A little, de: Wenig}}
    rows: [[small, little], [large, much]]
variables: {track: {one-of: [fast, full], first: fast, labels: {fast: {en: the fast lane, de: schnell}}}}
"""
    filled = BODY.replace("Weigh {intake.size} for", "{weight}, {track}:").replace(
        "{intake.size} für {reference} abwägen", "{weight}, {track}: {reference}"
    )
    forms = {"order-intake": FORMS["order-intake"].replace("enum: [small]", "enum: [small, large]")}
    task = Case(define(filled + named, forms, head=IN_BOTH)).start(CUSTOMER, size="small").task()
    assert task.title == "A little, the fast lane: ORD-2026-00001"
    assert task.titles == {"de": "Wenig, schnell: ORD-2026-00001"}
    assert Case(define(filled + named, forms, head=IN_BOTH)).start(CUSTOMER, size="large").task().title[:6] == "much, "
    wrong = files(filled + named.replace("{en: A little, de: Wenig}", "[A little]"), forms, head=IN_BOTH)
    assert [one.code for one in problems_of(wrong)] == ["text-expected"]
