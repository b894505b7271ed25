"""What Chromium tells of the map: its first paint, its sites drawn, and what its main thread does while it is dragged and zoomed.

Scripting is told by Chromium's own trace, in CPU time of the page's main thread where the trace has it: other work on the machine
makes a wait longer and this hardly.
"""
import json
import os
import shutil
from collections import Counter, namedtuple

import numpy
from playwright.sync_api import sync_playwright

from bench.ground import points
from bench.measure import percentile

PAINT_MS, FRAME_MS, VIEW_KB, TILE_KB = 2000, 100, 300, 500
ZOOMS = (6, 8, 10, 12, 14)
ROUNDS, DRAGS, DRAG = 3, 5, 400  # how often, drags of one round, pixels of one
CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-headless-shell") or "/usr/bin/chromium"
TRACED = ["devtools.timeline", "disabled-by-default-devtools.timeline", "__metadata"]
RENDERED = {"UpdateLayoutTree", "Layout", "PrePaint", "Paint", "UpdateLayer", "Layerize", "Commit", "ParseHTML",
            "ParseAuthorStyleSheet"}
TOLD = """() => {
  const tiles = performance.getEntriesByType('resource').filter((one) => one.name.includes('/tiles/sites/'));
  const size = (of) => of.reduce((sum, one) => sum + one.encodedBodySize, 0);
  const all = performance.getEntriesByType('resource'), kept = all.filter((one) => one.name.includes('/static/'));
  return { paint: performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? null,
    drawn: Math.max(0, ...tiles.map((one) => one.responseEnd)), tiles: tiles.length, bytes: size(tiles),
    largest: Math.max(0, ...tiles.map((one) => one.encodedBodySize)), files: size(kept),
    all: size(all) - size(kept) + performance.getEntriesByType('navigation')[0].encodedBodySize,
    each: tiles.map((one) => one.responseEnd - one.requestStart) }; }"""
STILL = """() => {
  const map = window.sitereg && sitereg.view && sitereg.view.map, layers = [];
  if (!map || document.querySelector('[aria-busy]')) return false;
  map.eachLayer((one) => layers.push(one));
  return document.querySelectorAll('.folium-map canvas').length > 1 && !layers.some((one) => one.isLoading && one.isLoading());
}"""

Tasks = namedtuple("Tasks", "longest script over many")
"""Milliseconds of the longest task, and of the most scripting in one; how many are over FRAME_MS, of how many."""

__all__ = ["painted"]


def painted(table, house, who, n, *, frames=True):
    """First paint, sites drawn and bytes of the first sight; then the longest scripting while the map is dragged and zoomed."""
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        context = browser.new_context(viewport={"width": 1440, "height": 900}, locale="en")
        context.add_init_script("performance.setResourceTimingBufferSize(5000);")
        context.add_cookies([{"name": one.split("=", 1)[0], "value": one.split("=", 1)[1], "url": house.url}
                             for one in house.cookies[who].split("; ")])
        page, found = context.new_page(), []
        for _ in range(5):
            page.goto("about:blank")
            found.append((traced(browser, page, lambda: opened(page, house.url)), page.evaluate(TOLD)))
        sight(table, f"{n:,}: the map", found)
        if frames:
            moves(table, f"{n:,}: the map", browser, page, densest(n))
        browser.close()


def opened(page, url):
    page.goto(url + "/", wait_until="networkidle")
    page.wait_for_function(STILL)


def sight(table, many, found):
    """Rows of the first sight: with nothing kept by the browser, and the best of those that came after."""
    (_began, first), *later = found
    best = min((told for _tasks, told in later), key=lambda one: one["drawn"])
    table.say(f"{many}, first paint", best["paint"], unit="ms", target=f"< {PAINT_MS} ms", met=best["paint"] < PAINT_MS,
              beside=f"with nothing kept {first['paint']:.0f}, and {first['files'] / 1000:.0f} kB of scripts, styles and fonts")
    table.say(f"{many}, its sites there", best["drawn"], unit="ms",
              beside=f"{best['tiles']} tiles, with nothing kept {first['drawn']:.0f}")
    table.say(f"{many}, page and data", best["all"] / 1000, unit="kB", target=f"<= {VIEW_KB} kB", met=best["all"] <= VIEW_KB * 1000,
              beside=f"tiles {best['bytes'] / 1000:.0f} kB")
    scripted(table, f"{many}, longest scripting of the first sight", [tasks for tasks, _told in found])


def moves(table, many, browser, page, dense):
    """Rows of the longest scripting while the map is dragged at each zoom where most lies, and zoomed there and back."""
    told = []
    for zoom in ZOOMS:
        rounds = []
        for _ in range(ROUNDS):
            settle(page, dense, zoom - 1)  # so that what is drawn at this zoom is gone and is drawn anew
            settle(page, dense, zoom, west=DRAG * DRAGS // 2)
            rounds.append(traced(browser, page, lambda: dragged(page)))
        told.append((zoom, rounds))
    for zoom, rounds in told:
        scripted(table, f"{many}, longest scripting while it is dragged at zoom {zoom}", rounds)
    rounds = []
    for _ in range(ROUNDS):
        settle(page, dense, ZOOMS[0])
        rounds.append(traced(browser, page, lambda: turned(page)))
    scripted(table, f"{many}, longest scripting while it is zoomed, 6 to 14 and back", rounds)
    after = page.evaluate(TOLD)
    table.say(f"{many}, largest tile that was asked for", after["largest"] / 1000, unit="kB", target=f"< {TILE_KB} kB",
              met=after["largest"] < TILE_KB * 1000,
              beside=f"of {after['tiles']}; as Chromium waits for one: p50 {percentile(after['each'], 50):.0f},"
                     f" p95 {percentile(after['each'], 95):.0f} ms")


def scripted(table, name, rounds):
    """A row: the most scripting in one task, of the calmest round (what the machine does besides is in every other)."""
    best, worst = (pick(rounds, key=lambda one: one.script) for pick in (min, max))
    table.say(name, best.script, unit="ms", target=f"< {FRAME_MS} ms", met=best.script < FRAME_MS,
              beside=f"of {len(rounds)} the worst {worst.script:.0f};"
                     f" {sum(one.over for one in rounds)} of {sum(one.many for one in rounds)} tasks over {FRAME_MS};"
                     f" with layout and painting of the page up to {best.longest:.0f}")


def traced(browser, page, act):
    """The Tasks of the page's main thread while `act` runs."""
    browser.start_tracing(page=page, categories=TRACED)
    try:
        act()
    finally:
        told = json.loads(browser.stop_tracing())
    return tasks(told["traceEvents"])


def tasks(events):
    """Of a trace the Tasks of the renderer's main thread that did most. Scripting: a task without style, layout and painting of the
    page; what scripts drew on a canvas is carried out at the end of their task and is in it."""
    mains = {(one["pid"], one["tid"]) for one in events if one["name"] == "thread_name" and one["args"]["name"] == "CrRendererMain"}
    whole = [one for one in events if one.get("ph") == "X" and (one["pid"], one["tid"]) in mains]
    if not whole:
        return Tasks(0.0, 0.0, 0, 0)
    ((main, _many),) = Counter((one["pid"], one["tid"]) for one in whole).most_common(1)
    mine = sorted((one for one in whole if (one["pid"], one["tid"]) == main), key=lambda one: (one["ts"], -one["dur"]))
    runs, drawing, until = [], [], 0
    for one in mine:
        if one["name"] == "RunTask":
            runs.append(one)
        elif one["name"] in RENDERED and one["ts"] >= until:  # what runs inside another is in it
            drawing.append(one)
            until = one["ts"] + one["dur"]
    spent, at = [], 0
    for run in runs:
        rest, end = took(run), run["ts"] + run["dur"]
        while at < len(drawing) and drawing[at]["ts"] < end:
            rest -= took(drawing[at]) if drawing[at]["ts"] >= run["ts"] else 0
            at += 1
        spent.append((took(run), max(rest, 0.0)))
    return Tasks(max((one for one, _script in spent), default=0.0), max((one for _run, one in spent), default=0.0),
                 sum(one > FRAME_MS for _run, one in spent), len(spent))


def took(event):
    """Milliseconds on a core where the trace tells, else by the clock."""
    return event.get("tdur", event["dur"]) / 1000


def densest(n):
    """Longitude and latitude of the most crowded place of a registry of n sites."""
    lon, lat = (one[:n] for one in points(n + max(n // 3, 20)))
    many, x, y = numpy.histogram2d(lon, lat, bins=(560, 400))
    i, j = numpy.unravel_index(many.argmax(), many.shape)
    return float(x[i] + x[i + 1]) / 2, float(y[j] + y[j + 1]) / 2


def settle(page, at, zoom, *, west=0):
    """The map shows that place, or what lies so many pixels west of it, at that zoom, all of it drawn."""
    page.evaluate("""([lon, lat, zoom, west]) => { const map = sitereg.view.map, there = map.project([lat, lon], zoom);
      map.setView(map.unproject(there.subtract([west, 0]), zoom), zoom, { animate: false }); }""", [*at, zoom, west])
    page.wait_for_timeout(200)
    page.wait_for_load_state("networkidle")
    page.wait_for_function(STILL)


def middle(page):
    box = page.locator(".leaflet-container").first.bounding_box()
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def dragged(page):
    """Drags across what is crowded, each time on ground that was not drawn."""
    x, y = middle(page)
    for _ in range(DRAGS):
        page.mouse.move(x + DRAG / 2, y)
        page.mouse.down()
        page.mouse.move(x - DRAG / 2, y, steps=12)
        page.mouse.up()
        page.wait_for_timeout(250)
        page.wait_for_function(STILL)


def turned(page):
    """Turns of the wheel, as somebody who comes closer and goes back."""
    page.mouse.move(*middle(page))
    for turn in range(16):
        page.mouse.wheel(0, -120 if turn < 8 else 120)
        page.wait_for_timeout(450)
        page.wait_for_function(STILL)
