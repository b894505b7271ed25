"""The askers of `bench.load`: a locustfile that asks at the moments of a plan, whether or not earlier answers have come.

Run by bench/load.py in the venv of locust (nothing of sitereg is imported here) with LOAD_PLAN, a JSON file, and LOAD_LINES, to
which each answer leaves a line: due second, class, status, milliseconds since it was due, bytes, milliseconds that the askers were
late with it, the site written to. The clock begins when the request is due, not when it is sent.
"""
import json
import os
import random
import resource
import time
from collections import deque
from pathlib import Path
from urllib.parse import urlencode

import gevent
from locust import FastHttpUser, constant, task

PLAN = json.loads(Path(os.environ["LOAD_PLAN"]).read_text())
FORM = "application/x-www-form-urlencoded"
OUT = 3000  # requests on their way beyond which none is sent: they would only wait here


class Asker(FastHttpUser):
    """One of it runs the whole plan; each request is a greenlet of its own."""

    host, wait_time, concurrency, fixed_count = PLAN["url"], constant(0), OUT, 1
    network_timeout = connection_timeout = 30.0

    def on_start(self):
        """The plan's own chance, and the sites that wait for their next step."""
        self.dice, self.out = random.Random(PLAN["seed"]), 0
        self.sites, self.lines = deque(PLAN["sites"]), Path(os.environ["LOAD_LINES"]).open("a", buffering=1 << 16)

    @task
    def whole(self):
        """Every phase after the other; then the runner ends."""
        began = time.monotonic()
        phases = [(one["name"], [(name, rate) for name, rate in one["rates"].items()], one["seconds"]) for one in PLAN["phases"]]
        start = 0.0
        for _name, rates, seconds in phases:
            due = sorted((start + at, name) for name, rate in rates for at in self.moments(rate, seconds))
            for at, name in due:
                late = at - (time.monotonic() - began)
                if late > 0:
                    gevent.sleep(late)
                if self.out >= OUT:
                    self.tell(at, name, -1, 0, 0, 0, "")
                else:
                    self.out += 1
                    gevent.spawn(self.one, began + at, at, name)
            start += seconds
            gevent.sleep(max(0.0, start - (time.monotonic() - began)))
        until = time.monotonic() + 40
        while self.out and time.monotonic() < until:
            gevent.sleep(0.1)
        used = resource.getrusage(resource.RUSAGE_SELF)
        self.lines.write(f"# {used.ru_utime + used.ru_stime:.2f} {time.monotonic() - began:.2f}\n")
        self.lines.close()
        self.environment.runner.quit()

    def moments(self, rate, seconds):
        """Arrivals by chance (Poisson) at so many a second."""
        at = self.dice.expovariate(rate) if rate else seconds
        while at < seconds:
            yield at
            at += self.dice.expovariate(rate)

    def one(self, due, at, name):
        site, late = None, (time.monotonic() - due) * 1000
        try:
            if name == "write":
                site = self.sites.popleft()
                method, path, headers, body = step(site, self.dice)
            else:
                method, path, headers, body = self.dice.choice(PLAN["asks"][name])
            answer = self.client.request(method, path, data=body, headers=headers, allow_redirects=False, name=name,
                                         catch_response=False)
            status, size = answer.status_code, len(answer.content or b"")
        except Exception:  # whatever it was, it is an answer that did not come
            status, size = 0, 0
        self.out -= 1
        self.tell(at, name, status, (time.monotonic() - due) * 1000, size, late, site["code"] if site else "")
        if site and (status == 303 or status in (0, 429, 503)):
            site["step"] += status == 303
            site["version"] += status == 303 and bool(site["moved"])
            if status and site["step"] < len(PLAN["steps"]):
                self.sites.append(site)

    def tell(self, at, name, status, took, size, late, site):
        self.lines.write(f"{at:.3f} {name} {status} {took:.1f} {size} {late:.1f} {site}\n")


def step(site, dice):
    """(method, path, headers, body) of the next thing that an officer does at this site, at the version that he saw."""
    what, form = PLAN["steps"][site["step"]]
    by = dice.choice(PLAN["officers"])
    site["moved"] = what == "protection"
    told = {**form, "csrf_token": by["form"]} | ({"seen": site["version"]} if site["moved"] else {})
    headers = {"Cookie": by["cookie"], "User-Agent": by["agent"], "Content-Type": FORM}
    return "POST", f"/sites/{site['code']}/{what}", headers, urlencode(told)
