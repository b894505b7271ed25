"""What the lines of a load say: by class and phase, memory over time, what an import cost the map, how soon it was as before."""
from collections import Counter, defaultdict

from bench.measure import percentile

MOST_MS = {"bbox": 150, "tile": 200, "search": 250, "write": 200}
TILE_KB, IMPORT_S, SOON_S, FLAT = 500, 30, 10, 1.1
GOOD = (200, 204, 303, 409)  # 409: somebody was faster, as officers are told
IN_VAIN = (429, 503)

__all__ = ["read", "told"]


def read(path):
    """({class: [(due second, status, milliseconds, bytes)]}, CPU seconds of the askers, seconds that they took, [(due second, how
    many milliseconds late they were)])."""
    found, cpu, took, late = defaultdict(list), None, None, []
    for line in path.read_text().splitlines():
        parts = line.split()
        if parts[0] == "#":
            cpu, took = float(parts[1]), float(parts[2])
        else:
            found[parts[1]].append((float(parts[0]), int(parts[2]), float(parts[3]), int(parts[4])))
            late.append((float(parts[0]), float(parts[5])))
    return found, cpu, took, late


def told(table, path, phases, seen):
    """The rows of all that stand in the table."""
    found, cpu, took, late = read(path)
    load, storm, _after = (one["seconds"] for one in phases)
    for name, rows in found.items():
        one_class(table, name, [one for one in rows if one[0] < load], load, phases[0]["rates"][name])
    everything = [one for rows in found.values() for one in rows]
    wrong = [one for one in everything if one[0] < load and (one[1] >= 500 or one[1] <= 0)]
    table.say("5xx and lost, in the mixed load", len(wrong), target="none", met=not wrong)
    turned_away(table, [one for one in everything if one[0] < load])
    memory(table, [one for one in seen["looks"] if one["at"] < load])
    spent(table, seen["looks"], load, cpu, took, sum(one[0] < load and one[1] in GOOD for one in everything))
    for name, first, last in (("in the mixed load", 0, load), ("at ten times as much", load, load + storm)):
        if held := [ms for at, ms in late if first <= at < last]:
            table.say(f"the askers were late {name}, p95", percentile(held, 95), unit="ms", beside="it is in the figures")
    imports(table, found, seen["imports"])
    stormy(table, everything, load, storm)
    return table


def one_class(table, name, rows, seconds, rate):
    """Asked, reached, p50, p95, p99, statuses of one class; the largest tile."""
    answered = sorted(ms for _at, status, ms, _size in rows if status in GOOD)
    if not answered:
        return
    p50, p95, p99 = (percentile(answered, one) for one in (50, 95, 99))
    counts = ", ".join(f"{status}: {n}" for status, n in sorted(Counter(status for _at, status, _ms, _size in rows).items()))
    most = MOST_MS.get(name)
    table.say(f"{name}: {rate:g}/s asked, p95", p95, unit="ms", target=most and f"<= {most} ms", met=most and p95 <= most,
              beside=f"{len(answered) / seconds:.1f}/s answered; p50 {p50:.0f}, p99 {p99:.0f}; {counts}")
    if name == "tile":
        largest = max(size for *_rest, size in rows) / 1000
        table.say("largest tile", largest, unit="kB", target=f"<= {TILE_KB} kB", met=largest <= TILE_KB)


def turned_away(table, rows):
    """How many of the mixed load were, and how soon they were told."""
    away = [ms for _at, status, ms, _size in rows if status in IN_VAIN]
    table.say("turned away in the mixed load", 100 * len(away) / max(len(rows), 1), unit="%", target="none", met=not away,
              beside=f"told after p50 {percentile(away, 50):.0f}, p95 {percentile(away, 95):.0f} ms" if away else "")


def memory(table, looks):
    """Memory at the start (once warm), in the middle and at the end, and what a straight line through it gains in an hour."""
    if len(looks) < 4:
        return
    warm = looks[len(looks) // 5:]
    for part in ("web", "database"):
        held = [one[f"{part}_mb"] for one in warm]
        hour = slope([one["at"] for one in warm], held) * 3600
        table.say(f"memory of the {part} at the end", held[-1], unit="MB", target="flat", met=held[-1] <= FLAT * held[0],
                  beside=f"at first {looks[0][f'{part}_mb']:.0f}, warm {held[0]:.0f}, "
                         f"middle {held[len(held) // 2]:.0f}, most {max(held):.0f}; {hour:+.0f} MB an hour")


def slope(at, values):
    """Of the straight line through them by least squares."""
    middle, mean = sum(at) / len(at), sum(values) / len(values)
    across = sum((x - middle) ** 2 for x in at)
    return sum((x - middle) * (y - mean) for x, y in zip(at, values, strict=True)) / across if across else 0.0


def spent(table, looks, load, cpu, took, answered):
    """CPU in cores of the web, the database and the askers themselves, who use the same two; and of each of the `answered`."""
    inside = [one for one in looks if one["at"] < load]
    if len(inside) < 2:
        return
    seconds = inside[-1]["at"] - inside[0]["at"]
    for part in ("web", "database"):
        used = inside[-1][f"{part}_s"] - inside[0][f"{part}_s"]
        each = f"{used * 1000 * load / seconds / answered:.1f} ms for each that was answered" if answered else ""
        table.say(f"CPU of the {part} in the mixed load", used / seconds, unit="cores", beside=each)
    if cpu:
        table.say("CPU of the askers, storm included", cpu / took, unit="cores")


def imports(table, found, done):
    """Each import, and the map's p95 while it ran beside that of the time without."""
    done = [one for one in done if one.get("ended")]
    maps = [(at, ms) for name in ("bbox", "tile") for at, status, ms, _size in found[name] if status in GOOD]

    def inside(at):
        return any(one["began"] <= at < one["ended"] for one in done)

    for one in done:
        met = one["state"] == "done" and one["seconds"] <= IMPORT_S
        table.say(f"import of {one['rows']:,} rows: {one['state']}", one["seconds"] or 0, unit="s", target=f"<= {IMPORT_S} s",
                  met=met, beside=one["error"] or "")
    end = max((one["ended"] for one in done), default=0)
    quiet, busy = ([ms for at, ms in maps if at < end and inside(at) is which] for which in (False, True))
    if quiet and busy:
        a, b = percentile(quiet, 95), percentile(busy, 95)
        table.say("the map's p95 while one imports", b, unit="ms", target="< 2 of without", met=b < 2 * a,
                  beside=f"without {a:.0f} ms")


def stormy(table, rows, load, storm):
    """Ten times as much: shares, how soon one is turned away, and when it is as before."""
    during = [one for one in rows if load <= one[0] < load + storm]
    if not during:
        return
    counts = Counter("turned away" if one[1] in IN_VAIN else "answered" if one[1] in GOOD else f"{one[1]}" for one in during)
    shares = ", ".join(f"{name} {n / len(during):.0%}" for name, n in counts.most_common())
    table.say("ten times as much, asked", len(during) / storm, unit="/s", beside=f"{shares} (-1: not sent, too many on their way)")
    away = [one[2] for one in during if one[1] in IN_VAIN]
    if away:
        p95 = percentile(away, 95)
        table.say("turned away after, p95", p95, unit="ms", target="<= 1,000 ms", met=p95 <= 1000,
                  beside=f"p50 {percentile(away, 50):.0f}")
    before = percentile([one[2] for one in rows if one[0] < load and one[1] in GOOD], 95)
    seconds = defaultdict(list)
    for at, status, ms, _size in rows:
        if at >= load + storm:
            seconds[int(at - load - storm)].append((status in GOOD, ms))
    bad = [n for n, many in seconds.items()
           if not all(good for good, _ in many) or percentile([ms for _, ms in many], 50) > 2 * before]
    soon = max(bad, default=-1) + 1
    table.say("as before again after", soon, unit="s", target=f"<= {SOON_S} s", met=soon <= SOON_S,
              beside="no refusal, and half of all within twice the p95 of the mixed load")
