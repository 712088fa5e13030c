"""The engine alone (E): growth, time a node, expressions."""
from place import program

# ns/op of the same expressions in expr-lang 1.17.8 under Go 1.26, on a machine with two cores of a cloud.
EXPR_LANG = {"compare": 213, "prefix": 124, "filter": 5286, "map": 6202, "count": 3591}

SIZES = (100, 300, 1000, 3000, 10_000, 30_000)  # of engine_bench's graphs


def bench_engine(table, rounds):
    """Processor time of the engine alone, without a journal and without pods."""
    took = {name: float(value.split()[0]) for name, value in (line.split("  ") for line in program("engine_bench", rounds).splitlines())}
    for shape in ("wide", "chain"):
        small, large = took[f"dag {shape} of 100"], took[f"dag {shape} of 10000"]
        table.row("E1", f"engine time a task, {shape}, 10,000 against 100", f"{large:.0f} us", f"{small:.0f} us", large / small, 1.5)
        table.growth("E1", f"a task, {shape}", {count: took[f"dag {shape} of {count}"] for count in SIZES}, "us")
    node = took["1000 workflows of 10"]
    table.row("E2", "1,000 workflows of 10 steps, ms a node", f"{node / 1000:.3f} ms", "", node / 1000, 1.0)
    for name, reference in EXPR_LANG.items():
        ours = took[f"expression {name}"]
        table.row("E3", f"expression: {name}", f"{ours:,.0f} ns", f"expr-lang {reference:,} ns", ours / reference, 3.0)
