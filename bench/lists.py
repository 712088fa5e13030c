"""Pages of a long list of finished workflows (L)."""
import json
import sqlite3
import statistics
import time

from place import program, served

IN_ORDER = "ORDER BY w.created_at DESC, w.uid DESC LIMIT 100"


def rows(where, ns="ci"):
    return f"SELECT w.summary FROM workflow w WHERE w.ns = '{ns}' {where} {IN_ORDER}"


def labelled(ns):
    return ("SELECT w.summary FROM label l CROSS JOIN workflow w ON w.uid = l.uid WHERE l.key = 'repo' AND l.value = 'repo-7' "
            f"AND w.ns = '{ns}' ORDER BY l.created_at DESC, l.uid DESC LIMIT 100")


# What is asked (namespace and query), and the same page straight from the tables: what an index gives and nothing more.
PAGES = {
    "first page": ("ci", "", rows("")),
    "a page from the middle on": ("ci", "&continue={at}.{uid}", rows("AND (w.created_at, w.uid) < ({at}, '{uid}')")),
    "phase Error": ("ci", "&phase=Error", rows("AND w.phase = 'Error'")),
    "label repo=repo-7": ("ci", "&labelSelector=repo%3Drepo-7", labelled("ci")),
    "label repo=repo-7, 1 % namespace": ("rare", "&labelSelector=repo%3Drepo-7", labelled("rare")),
    "label !repo": ("ci", "&labelSelector=%21repo", rows("AND w.ns = ''")),
    "label completed!=true": ("ci", "&labelSelector=workflows.argoproj.io%2Fcompleted%21%3Dtrue", rows("AND w.phase = 'Running'")),
    "name prefix repo-7-0000": ("ci", "&prefix=repo-7-0000", rows("AND w.name >= 'repo-7-0000' AND w.name < 'repo-7-0001'")),
}


def bench_list(table, folder, count, rounds):
    """Pages of finished workflows over HTTP, against the same page from SQLite."""
    place = folder / "list"
    (place / "data").mkdir(parents=True)
    database = place / "data/slipway.db"
    program("store_fill", database, count)
    with served(place) as server, sqlite3.connect(f"file:{database}?mode=ro", uri=True) as direct:
        at, uid = direct.execute("SELECT created_at, uid FROM workflow WHERE ns = 'ci' ORDER BY created_at DESC, uid DESC "
                                 f"LIMIT 1 OFFSET {count // 2}").fetchone()

        def ask(ns, query):
            status, text = server.request("GET", f"/api/v1/workflows/{ns}?limit=100{query}")
            assert status == 200, text
            return json.loads(text)["items"]

        def timed(work):
            started = time.monotonic()
            return work(), time.monotonic() - started
        for what, (ns, query, sql) in PAGES.items():
            query, sql = query.format(at=at, uid=uid), sql.format(at=at, uid=uid)
            pairs = []
            for _ in range(rounds):
                items, ours = timed(lambda: ask(ns, query))
                summaries, theirs = timed(lambda: [json.loads(row) for row, in direct.execute(sql)])
                assert len(items) == len(summaries), (what, len(items), len(summaries))
                pairs.append((ours * 1000, theirs * 1000))
            ours, theirs = (statistics.median(column) for column in zip(*pairs))
            table.row("L", f"{what} of {count:,} finished, ms", f"{ours:.1f} ms", f"sqlite {theirs:.1f} ms", ours, 30)
