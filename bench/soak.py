"""Four web processes and three workers on one PostgreSQL, people who work through the pages and press everything twice,
and workers that are killed at random: in the end nothing is lost, and nothing was done twice.

Owns the load, which is bounded in count, the killing, and the judgement.
"""

from __future__ import annotations

import html
import random
import re
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from http.cookiejar import CookieJar
from pathlib import Path
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, HTTPRedirectHandler, Request, build_opener

from bench.server import Server
from bench.steps import deployed
from bench.workload import HOME, OFFICER
from engine.store import history, instances, outbox, people, workers
from engine.store.database import Store
from engine.workers.distributed import AT_ONCE
from engine.workers.driving import EMBEDDED, VARIABLE, settle
from web.house import DEMO

PROCESS = "soak"
WEBS, WORKERS, PEOPLE = 4, 3, 8
KILLED_AFTER = (2.0, 6.0)
"""Seconds, by chance, after the one that is next has been heard of: one that is only beginning is not worth killing."""
ENDS_WITHIN = 300.0
"""Seconds in which a task has to be there, and in the end everything has to be out."""

EXPECTED = Counter({"case-started": 1, "task-completed": 2, "timer-fired": 1, "message-sent": 3, "completed": 1})
"""How often each of these has to stand in the history of every case."""


@dataclass
class Soaked:
    """What was done, and everything that is not as it should be."""

    cases: int
    driver: str
    seconds: float = 0.0
    requests: int = 0
    kills: int = 0
    sent: int = 0
    again: int = 0
    wrong: list[str] = field(default_factory=list)


def soak(server: Server, folder: Path, cases: int, driver: str) -> Soaked:
    """So many cases, with workers of this driver."""
    url, book = server.new(f"soak_{driver}"), folder / f"book-{driver}"
    book.touch()
    store, _ = deployed(url, PROCESS)
    with store.transaction():
        people.set_setting(store, DEMO, True)  # so that one signs in without a password
    settle(store, {VARIABLE: driver})
    done = Soaked(cases, driver)
    began = time.monotonic()
    with ExitStack() as stack:
        addresses = [stack.enter_context(_web(url)) for _ in range(WEBS)]
        stack.enter_context(_workers(store, url, book, done))
        references = _people(addresses, cases, done)
        _wait_until_out(store, done)
    done.seconds = time.monotonic() - began
    done.wrong += _judge(store, references, book, done)
    store.close()
    return done


# --- what runs


@contextmanager
def _web(url: str) -> Iterator[str]:
    """A web process; its address."""
    words = ["--home", str(HOME), "--database", url, "serve", "--no-work", "--listen", "127.0.0.1:0"]
    program = subprocess.Popen(
        [sys.executable, "-u", "-c", "from engine.cli import main; main()", *words], stdout=subprocess.PIPE, text=True
    )
    try:
        assert program.stdout is not None
        yield re.findall(r"http://[^/]+", program.stdout.readline())[0]
    finally:
        program.terminate()
        program.communicate()


@contextmanager
def _workers(store: Store, url: str, book: Path, done: Soaked) -> Iterator[None]:
    """Workers, of which one after another is killed and another one started in its place."""

    def start() -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [sys.executable, "-m", "bench.mortal_worker", url, str(book)], stderr=subprocess.DEVNULL
        )

    alive = [start() for _ in range(WORKERS)]
    stop = threading.Event()

    def is_at_work(worker: subprocess.Popen[bytes]) -> bool:
        return any(one.id.split(":")[1] == str(worker.pid) for one in workers.everybody(store))

    def kill() -> None:
        while not stop.wait(0.2):
            number = random.randrange(WORKERS)
            if not is_at_work(alive[number]) or stop.wait(random.uniform(*KILLED_AFTER)):
                continue
            alive[number].kill()
            alive[number].wait()
            alive[number] = start()
            done.kills += 1

    killer = threading.Thread(target=kill)
    killer.start()
    try:
        yield
    finally:
        stop.set()
        killer.join()
        for worker in alive:
            worker.kill()
            worker.wait()


# --- who works


class _NoWay(HTTPRedirectHandler):
    def redirect_request(self, *_: object) -> None:
        """Where an answer leads is looked at and not followed."""


class Browser:
    """Somebody's, without scripts: keeps cookies, and sends the token of the page it saw last."""

    def __init__(self, address: str, done: Soaked) -> None:
        self._address, self._done = address, done
        self._open = build_opener(HTTPCookieProcessor(CookieJar()), _NoWay()).open
        self.page = ""

    def ask(self, path: str, form: dict[str, str] | None = None) -> tuple[int, str]:
        """The status, and where the answer leads."""
        if form is not None:
            form = {**self.hidden("csrf_token"), **form}
        data = urlencode(form).encode() if form is not None else None
        try:
            answer = self._open(Request(self._address + path, data), timeout=60)
        except HTTPError as error:
            answer = error
        self._done.requests += 1
        page = answer.read().decode()
        if answer.status != 303:
            self.page = page
        return answer.status, answer.headers.get("Location", "")

    def hidden(self, *names: str) -> dict[str, str]:
        """The hidden fields of the page that was seen last: all of its work, or those of these names."""
        shown = self.page if names else self.page.partition('class="work"')[2].partition("</form>")[0]
        found = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', shown)
        return {name: html.unescape(value) for name, value in found if not names or name in names}


def _people(addresses: list[str], cases: int, done: Soaked) -> list[str]:
    """Each begins some cases, does their first task, and their second as soon as it is there. Their references."""
    found: list[str] = []

    def work(number: int) -> None:
        try:
            browser = Browser(addresses[number % len(addresses)], done)
            browser.ask("/sign-in")
            browser.ask("/sessions", {"demo-person": OFFICER.id})
            mine = []
            for _ in range(number, cases, PEOPLE):
                browser.ask(f"/start/{PROCESS}")
                given = browser.hidden("case-key")
                (_, leads), (_, again) = (browser.ask(f"/start/{PROCESS}", given) for _ in range(2))
                if leads != again:
                    done.wrong.append(f"two clicks began two cases: {leads} and {again}")
                mine.append(leads.rpartition("/")[2])
                _complete(browser, mine[-1])
            found.extend(mine)
            for reference in mine:
                _complete(browser, reference)
        except Exception as error:
            done.wrong.append(f"somebody could not go on: {type(error).__name__}: {error}")

    threads = [threading.Thread(target=work, args=[number]) for number in range(PEOPLE)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found


def _complete(browser: Browser, reference: str) -> None:
    """Do the case's task, by two clicks on its button; waits until there is one."""
    until = time.monotonic() + ENDS_WITHIN
    while True:
        browser.ask(f"/cases/{reference}")
        task = re.search(r'href="/tasks/([\w.-]+)"', browser.page)
        if task:
            break
        if time.monotonic() > until:
            raise TimeoutError(f"{reference} has no task")
        time.sleep(0.2)
    browser.ask(f"/tasks/{task[1]}")
    form = {**browser.hidden(), "task-outcome": "done"}
    for _ in range(2):
        browser.ask(f"/tasks/{task[1]}/completion", form)


# --- what came of it


def _wait_until_out(store: Store, done: Soaked) -> None:
    until = time.monotonic() + ENDS_WITHIN
    waiting = f"SELECT COUNT(*) FROM outbox WHERE status = '{outbox.PENDING}'"
    while store.database.execute_sql(waiting).fetchone()[0]:
        if time.monotonic() > until:
            done.wrong.append("something still waits in the outbox")
            return
        time.sleep(0.2)


def _judge(store: Store, references: list[str], book: Path, done: Soaked) -> Iterator[str]:
    """Everything that is lost, or was done twice."""
    if len(references) != done.cases or len(set(references)) != done.cases:
        yield f"{done.cases} cases were begun, but people know {len(set(references))}"
    ((count,),) = store.database.execute_sql("SELECT COUNT(*) FROM instance").fetchall()
    if count != done.cases:
        yield f"{done.cases} cases were begun, but there are {count}"
    written = Counter(book.read_text(encoding="utf-8").split())
    keys = set()
    for reference in references:
        case = instances.by_reference(store, reference)
        if case is None:
            yield f"{reference} is lost"
            continue
        told = Counter(line.event.type for line in history.read(store, case))
        wrong = {name: told[name] for name in EXPECTED if told[name] != EXPECTED[name]}
        if wrong:
            yield f"{reference} has {wrong} in its history"
        if not history.verify(store, case).ok:
            yield f"the history of {reference} is not whole"
        for row in outbox.of_case(store, case):
            keys.add(row.key)
            if row.status != outbox.SENT or not written[row.key]:
                yield f"{row.key} is {row.status}, and was written {written[row.key]} times"
    if set(written) != keys:
        yield f"{len(set(written) - keys)} were sent that nobody knows of"
    done.sent, done.again = len(written), written.total() - len(written)
    if done.again > done.kills * _in_hand(done.driver):
        yield f"{done.again} went out twice, but only {done.kills} workers were killed"


def _in_hand(driver: str) -> int:
    """How many parcels one worker may be killed over."""
    return 1 if driver == EMBEDDED else AT_ONCE
