"""Pages of a long list of finished workflows (L)."""
import json
import sqlite3
import statistics
import time

from place import program, served

# The same page, straight from the tables: what an index gives and nothing more.
OF_CI, IN_ORDER = "SELECT w.summary FROM workflow w WHERE w.ns = 'ci'", "ORDER BY w.created_at DESC, w.uid DESC LIMIT 100"
PAGES = {
    "first page": ("", f"{OF_CI} {IN_ORDER}"),
    "a page from the middle on": ("&continue={at}.{uid}", f"{OF_CI} AND (w.created_at, w.uid) < ({{at}}, '{{uid}}') {IN_ORDER}"),
    "phase Error": ("&phase=Error", f"{OF_CI} AND w.phase = 'Error' {IN_ORDER}"),
    "label repo=repo-7": ("&labelSelector=repo%3Drepo-7",
                          "SELECT w.summary FROM label l CROSS JOIN workflow w ON w.uid = l.uid WHERE l.key = 'repo' AND l.value = 'repo-7' "
                          "AND w.ns = 'ci' ORDER BY l.created_at DESC, l.uid DESC LIMIT 100"),
    "label completed!=true": ("&labelSelector=workflows.argoproj.io%2Fcompleted%21%3Dtrue", f"{OF_CI} AND w.phase = 'Running' {IN_ORDER}"),
    "name prefix repo-7-0000": ("&prefix=repo-7-0000", f"{OF_CI} AND w.name >= 'repo-7-0000' AND w.name < 'repo-7-0001' {IN_ORDER}"),
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

        def ask(query):
            status, text = server.request("GET", f"/api/v1/workflows/ci?{query}")
            assert status == 200, text
            return json.loads(text)["items"]

        def timed(work):
            started = time.monotonic()
            return work(), time.monotonic() - started
        for what, (query, sql) in PAGES.items():
            query, sql = query.format(at=at, uid=uid), sql.format(at=at, uid=uid)
            pairs = []
            for _ in range(rounds):
                items, ours = timed(lambda: ask("limit=100" + query))
                rows, theirs = timed(lambda: [json.loads(row) for row, in direct.execute(sql)])
                assert len(items) == len(rows), (what, len(items), len(rows))
                pairs.append((ours * 1000, theirs * 1000))
            ours, theirs = (statistics.median(column) for column in zip(*pairs))
            table.row("L", f"{what} of {count:,} finished, ms", f"{ours:.1f} ms", f"sqlite {theirs:.1f} ms", ours, 30)
