"""Cases are found by words, the same in both kinds of database."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from engine.store import Store, open_database, queries
from engine.store.models import Instance
from engine.store.search import LONGEST, VALUES, Eyes, condition, words, words_of
from engine.store.upgrades import LEDGER
from tests.databases import Databases, sql
from tests.store.conftest import Cases


@pytest.fixture
def some(cases: Any) -> Any:
    cases.start("c1", subject="Die Schlußrechnung für Öl", external_id="T-1")
    lucja = {"name": "Łucja O'Neil-Özil", "email": "lucja@post.example"}
    cases.start("c2", subject="An invoice / 2 pages", customer=lucja)
    cases.start("c3", subject="请求 12_b", customer={}, external_id="T-12")
    return cases


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("schlussrechnung", "c1"),
        ("SCHLUSS", "c1"),
        ("ol", "c1"),
        ("Öl für", "c1"),
        ("öl invoice", ""),
        ("rechnung", ""),
        ("inq-2026-00002", "c2"),
        ("2026-00002", "c2"),
        ("INQ 00002", "c2"),
        ("t-1", "c3 c1"),
        ("t1", "c3 c1"),
        ("T-12", "c3"),
        ("neil-ozil", "c2"),
        ("o'neil", "c2"),
        ("ozil", "c2"),
        ("post.example", "c2"),
        ("lucja@post", "c2"),
        ("/", ""),
        ("2 / pages", "c2"),
        ("请", "c3"),
        ("b", "c3"),
        ("x" * 10_000, ""),
        ("' & !", ""),
        ("a:* | b", ""),
        ("NOT invoice", ""),
        ("\0", ""),
    ],
)
def test_a_word_is_found_by_its_beginning_however_it_is_written(store: Store, some: Any, text: str, found: str) -> None:
    assert [case.id for case in queries.cases(store, text=text).rows] == found.split()


def test_every_part_of_what_is_written_together_begins_a_word() -> None:
    assert words("INQ-2026-7", "a.b@C", "", "7") == "inq20267 20267 7 abc bc c"
    assert words("ﬁne Ǆ ²") == "fine dz 2"
    assert max(map(len, words("x" * 1000, "-".join("y" * 100)).split())) == LONGEST
    assert len(words("-".join("abcdefghijklmnopqrstuvwxyz" * 9)).split()) == 20


def test_a_case_is_found_by_what_it_is_called_now(store: Store, cases: Any) -> None:
    old = cases.start("c1", subject="Lamp")
    cases.step(old, subject="Chair", customer={"name": "Zoe"})
    assert [[case.id for case in queries.cases(store, text=text).rows] for text in ("lamp", "chair", "zoe")] == [
        [],
        ["c1"],
        ["c1"],
    ]
    assert sql(store, "SELECT COUNT(*) FROM search") == [(1,)]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("tag:vip", "c2 c1"),
        ("tag:bill", "c1"),
        ("TAG:Follow-Up", "c1"),
        ("tag:ruck", "c2"),
        ("tag:vip severity:s1", "c2"),
        ("severity:S3", "c1"),
        ("tag:vip invoice", "c1"),
        ("tag:up", ""),
        ("tag:", "c3"),
        ("vip", ""),
        ("tagvip", ""),
        ("severitys1", ""),
        ("\ue000tagvip", ""),
    ],
)
def test_a_case_is_found_by_its_tags_and_its_severity(store: Store, cases: Any, text: str, found: str) -> None:
    cases.start("c1", subject="Invoice", tags=("billing", "follow-up", "vip"), severity="S3")
    cases.start("c2", subject="Other", tags=("rückruf", "vip"), severity="S1")
    cases.start("c3", subject="No tag: none")
    assert [case.id for case in queries.cases(store, text=text).rows] == found.split()
    if found and text != "tag:":
        assert queries.cases(store, text=text, eyes=Eyes(house=False)).rows == ()


def test_a_case_is_found_by_the_tags_that_it_has_now(store: Store, cases: Any) -> None:
    old = cases.start("c1", tags=("new",))
    cases.step(old, tags=("old",), severity="S2")
    found = [len(queries.cases(store, text=text).rows) for text in ("tag:new", "tag:old", "severity:s2")]
    assert found == [0, 1, 1]


FILLED: dict[str, Any] = {
    "intake": {
        "category": "billing",
        "safety": True,
        "amount": "1200.50",
        "happened_on": "2026-11-03",
        "contact_name": "Łucja O'Neil",
        "note": "It broke on the second day, and then it broke for good",
        "lines": [{"article": "Lamp 12-b"}, {"article": "Chair"}],
        "nothing": None,
    },
    "letters": [{"said": "Bonjour"}, {"said": "Grüezi"}],
}


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("category:bill", True),
        ("CATEGORY:Billing", True),
        ("category:other", False),
        ("safety:yes", True),
        ("safety:false", False),
        ("amount:1200.50", True),
        ("amount:50", False),
        ("happened_on:2026-11", True),
        ("happened-on:2026-11", True),
        ("contact_name:neil", True),
        ("note:second", True),
        ("note:good", False),
        ("article:b", True),
        ("article:chair", True),
        ("said:gruezi", True),
        ("nothing:none", False),
        ("billing", False),
        ("category:billing about", True),
        ("category:", False),
        ("unknown:billing", False),
    ],
)
def test_a_case_is_found_by_the_beginning_of_what_was_filled_in(
    store: Store, cases: Any, text: str, found: bool
) -> None:
    cases.start("c1", data=FILLED)
    assert bool(queries.cases(store, text=text).rows) is found
    if found:
        assert queries.cases(store, text=text, eyes=Eyes(house=False)).rows == ()


def test_what_only_looks_like_a_field_is_a_word(store: Store, cases: Any) -> None:
    cases.start("c1", subject="Re:Invoice, https://example.org/12:30")
    for text in ("re:inv", "https://example", "example.org/12:30"):
        assert len(queries.cases(store, text=text).rows) == 1


def test_a_case_is_found_by_what_was_filled_in_last(store: Store, cases: Any) -> None:
    old = cases.start("c1", data={"intake": {"category": "billing"}})
    cases.step(old, data={"intake": {"category": "delivery"}})
    assert [len(queries.cases(store, text=f"category:{one}").rows) for one in ("billing", "delivery")] == [0, 1]


def test_of_a_case_with_endless_values_the_first_are_looked_at() -> None:
    data = {"form": {"rows": [{"value": f"v{number}"} for number in range(10 * VALUES)]}}
    assert len(words_of(("R-1",), "", {}, data, "", (), ()).split()) == 2 + VALUES


MASKED = Eyes(personal=False, fields=frozenset({"category"}))
"""Of somebody from whom it is hidden who the customers are."""


@pytest.mark.parametrize(
    ("asked", "all_eyes", "masked"),
    [
        ({"text": "lucja"}, True, False),
        ({"text": "neil"}, True, False),
        ({"text": "post.example"}, True, False),
        ({"text": "lucja@post.example refund"}, True, False),
        ({"text": "4930123"}, True, False),
        ({"text": "4711"}, True, True),
        ({"text": "refund"}, True, True),
        ({"text": "t-9 refund"}, True, True),
        ({"text": "contact_name:łucja"}, True, False),
        ({"text": "category:billing"}, True, True),
        ({"text": "tag:vip severity:s1"}, True, True),
        ({"customer": "lucja"}, True, False),
        ({"customer": "neil post.example"}, True, False),
        ({"customer": "refund"}, False, False),
        ({"customer": "lucja", "text": "refund"}, True, False),
        ({"customer": "/"}, False, False),
        ({"text": "\ue001lucja"}, True, False),
    ],
)
def test_nothing_is_found_by_who_the_customer_is_for_somebody_who_may_not_know_it(
    store: Store, cases: Any, asked: dict[str, str], all_eyes: bool, masked: bool
) -> None:
    customer = {"name": "Łucja O'Neil", "email": "lucja@post.example", "phone": "+4930123"}
    about = {"subject": "Refund 4711 for lucja", "external_id": "T-9", "customer": customer, "data": FILLED}
    cases.start("c1", tags=("vip",), severity="S1", **about)
    assert bool(queries.cases(store, **asked).rows) is all_eyes
    assert bool(queries.cases(store, **asked, eyes=MASKED).rows) is masked


def test_a_case_is_found_by_what_is_to_be_done_in_every_language_and_no_longer_once_it_is_done(
    store: Store, cases: Any
) -> None:
    task = replace(cases.task("c1", 1), title="Sort INQ-7 for Zoe", titles={"de": "INQ-7 einordnen"})
    old = cases.start("c1", subject="Lamp", customer={"name": "Zoe"}, tasks={task.id: task})
    asked = ("sort", "einordnen", "lamp eino", "zoe", "sort zoe")

    def found(eyes: Eyes) -> list[int]:
        return [len(queries.cases(store, text=text, eyes=eyes).rows) for text in asked]

    assert found(Eyes()) == [1, 1, 1, 1, 1]
    assert found(MASKED) == [1, 1, 1, 0, 0]
    assert found(Eyes(house=False)) == [0, 0, 0, 1, 0]
    cases.step(old, cases.event("task-completed", task=task.id), tasks={})
    assert found(Eyes()) == [0, 0, 0, 1, 0]


def test_a_step_that_changes_nothing_of_it_writes_no_words(store: Store, cases: Any) -> None:
    old = cases.start("c1", subject="Lamp")
    sql_before = sql(store, "SELECT * FROM search")
    store.database.execute_sql("UPDATE search SET words = 'other'")
    cases.step(old)
    assert sql(store, "SELECT words FROM search") == [("other",)] != sql_before


def test_the_search_reads_its_index_and_not_every_case(store: Store, some: Any) -> None:
    query = Instance.select(Instance.id).where(condition(store, "invoice"))
    statement, values = store.database.get_sql_context().sql(query).query()
    with store.transaction():
        if store.locks_rows:
            for other in ("seqscan", "indexscan", "indexonlyscan"):  # so few rows are read faster without
                store.database.execute_sql(f"SET LOCAL enable_{other} = off")
        explain = "EXPLAIN" if store.locks_rows else "EXPLAIN QUERY PLAN"
        plan = str(store.database.execute_sql(f"{explain} {statement}", values).fetchall())
    assert "search_words" in plan or "search_index VIRTUAL TABLE INDEX" in plan, plan


@pytest.mark.parametrize("applied", [("0009_what_is_found_by_whom",), ("0006_search", "0009_what_is_found_by_whom")])
def test_cases_of_an_older_version_are_found_once_the_tables_are_up_to_date(
    databases: Databases, applied: tuple[str, ...]
) -> None:
    with open_database(databases.bare()) as store:
        store.upgrade()
        about = {"subject": "An invoice", "customer": {"name": "Lucja"}, "tags": ("vip", "late"), "data": FILLED}
        made = Cases(store)
        tasks = [replace(made.task("c1", 1), title="Sort it", titles={"de": "Einordnen"}), made.task("c1", 2)]
        made.start("c1", severity="S1", tasks={task.id: task for task in tasks}, **about)
        written = sql(store, "SELECT instance, words FROM search")
        if "0006_search" in applied:
            for table in ("search",) if store.locks_rows else ("search_index", "search"):
                store.database.execute_sql(f"DROP TABLE {table}")
        else:
            store.database.execute_sql("UPDATE search SET words = 'old'")
        store.database.execute_sql("DROP INDEX task_done")
        for one in applied:
            store.database.execute_sql(f"DELETE FROM {LEDGER} WHERE name = '{one}'")
        assert store.upgrade() == applied
        assert sql(store, "SELECT instance, words FROM search") == written
        found = queries.cases(store, text="invoice lucja category:bill tag:late severity:s1")
        assert [case.id for case in found.rows] == ["c1"]
