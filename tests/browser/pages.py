"""What a reader does, in the verbs of a reader; each navigator knows one page."""
import os
import re
from dataclasses import dataclass, field

CUT_OFF = "Failed to fetch"  # what the drawing library says of tiles on their way when the next page came


DRAWN = """() => {
  const map = window.sitereg && sitereg.view && sitereg.view.map, layers = [];
  if (!map || document.querySelector('[aria-busy]')) return false;
  map.eachLayer((one) => layers.push(one));
  return document.querySelectorAll('.folium-map canvas').length > 1 && !layers.some((one) => one.isLoading && one.isLoading());
}"""


def still(page):
    """The list is answered and every tile of every layer of the map is drawn: the network may be idle long before, or have been idle last time."""
    page.wait_for_function(DRAWN)


@dataclass
class Visit:
    """One browser profile; it notes requests to other hosts, errors and breaches of the policy."""

    url: str
    context: object
    lang: str
    axe: object
    foreign: list = field(default_factory=list)
    errors: list = field(default_factory=list)
    expected: tuple = ()

    def __post_init__(self):
        self.page = self.context.new_page()
        self.page.on("request", self.asked)
        self.page.on("console", self.said)
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))

    def asked(self, request):
        if not request.url.startswith((self.url + "/", "data:", "blob:")):
            self.foreign.append(request.url)

    def said(self, message):
        if message.type == "error" and not any(one in message.text for one in (CUT_OFF, *self.expected)):
            self.errors.append(message.text)

    def sign_in(self, who):
        self.page.goto(self.url + "/sign-in")
        self.page.fill("#email", f"demo.{who}@demo.invalid")
        self.page.fill("#password", f"demo.{who}-sees-only-invented-places")
        self.page.click("main button[type=submit]")
        self.page.wait_for_url(self.url + "/")
        assert self.page.locator("html").get_attribute("lang") == self.lang
        return MapPage(self)

    def site(self, code):
        self.page.goto(f"{self.url}/sites/{code}")
        return SitePage(self)

    def desk(self):
        self.page.goto(self.url + "/desk")
        return self

    def accessible(self):
        """axe finds nothing against WCAG 2.2 AA on the page as it stands."""
        if not self.page.evaluate("() => Boolean(window.axe)"):
            self.page.evaluate(self.axe.read_text())
        found = self.page.evaluate("() => axe.run(document, {runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'],"
                                   " resultTypes: ['violations']})")
        told = [(one["id"], [node["target"] for node in one["nodes"]][:4]) for one in found["violations"]]
        assert told == [], told
        return self

    def looked_at(self, name):
        """The page as it stands is accessible and no wider than the window; with SITEREG_SHOTS, a folder, it is drawn there, wide and narrow."""
        if folder := os.environ.get("SITEREG_SHOTS"):
            for width in (1440, 390):
                self.page.set_viewport_size({"width": width, "height": 900})
                self.page.wait_for_timeout(300)
                self.page.screenshot(path=f"{folder}/{name}-{self.lang}-{width}.png", full_page=True)
        assert not self.page.evaluate("document.documentElement.scrollWidth > window.innerWidth"), name
        return self.accessible()

    def follow(self, selector):
        """What `selector` leads to, by form or link, stands whole before anything is looked at."""
        with self.page.expect_navigation():
            self.page.locator(selector).first.click()
        return self.page

    def text(self):
        return self.page.inner_text("main")


class MapPage:
    """The map with its list."""

    def __init__(self, visit):
        self.visit, self.page = visit, visit.page

    def drawn(self, *sought):
        """Which of these colours stand on the map, once its tiles have come."""
        still(self.page)
        return self.page.evaluate("""(sought) => {
          const seen = new Set(), wanted = new Set(sought.map((one) => parseInt(one.slice(1), 16)));
          for (const canvas of document.querySelectorAll('.folium-map canvas')) {
            const data = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data;
            for (let i = 0; i < data.length; i += 4) {
              const one = (data[i] << 16) | (data[i + 1] << 8) | data[i + 2];
              if (data[i + 3] > 200 && wanted.has(one)) seen.add(one);
            }
          }
          return [...seen].map((one) => '#' + one.toString(16).padStart(6, '0').toUpperCase());
        }""", list(sought))

    def total(self):
        return int(re.sub(r"\D", "", self.page.inner_text("#total")) or 1)

    def filter(self, kind):
        """The list and the map show that kind alone."""
        if not self.page.locator("#f-kind").is_visible():
            self.page.click("a[href='#filters-pane']:visible")
        before = self.page.inner_text("#total")
        with self.page.expect_response(lambda answer: "w=" in answer.url and "/tiles/" in answer.url):
            self.page.select_option("#f-kind", kind)
        self.page.wait_for_function("before => document.getElementById('total').innerText !== before", arg=before)
        self.page.click("#filters-pane button[type=submit]") if self.visit.page.viewport_size["width"] < 768 else self.page.click(
            "#filters-pane a[href='#list']")
        return self

    def codes(self):
        return [row.get_attribute("data-code") for row in self.page.locator(".site").all()]

    def open_first(self):
        self.page.locator(".site .site-link").first.click()
        self.page.wait_for_selector(".site-page")
        return SitePage(self.visit)


class SitePage:
    """The page of one site."""

    def __init__(self, visit):
        self.visit, self.page = visit, visit.page

    def why(self, field):
        """What opens over the page; Escape closes it."""
        self.page.locator(f"a.why[href$='/why/{field}']").first.click()
        self.page.wait_for_selector("dialog[open] table.claims")
        return [row.inner_text() for row in self.page.locator("dialog[open] table.claims tbody tr").all()]

    def history(self):
        self.visit.follow("a[href$='/history']")
        self.page.wait_for_selector("ol.history")
        return [row.inner_text() for row in self.page.locator("ol.history > li").all()]

    def decide(self, to, reason, observed_on=None, due=None):
        """The form is filled and sent."""
        self.page.check(f"#decide input[name=to][value={to}]")
        self.page.fill("#decide-reason", reason)
        if observed_on:
            self.page.fill("#decide-observed_on", observed_on)
        if due:
            self.page.fill("#decide-due", due)
        self.visit.follow("#decide > button[type=submit]")
        return self

    def record_measure(self, kind, agent, reason):
        self.page.click("summary:has(+ #measure)")
        self.page.select_option("#measure-kind", kind)
        self.page.select_option("#measure-agent_kind", agent)
        self.page.fill("#measure-reason", reason)
        self.visit.follow("#measure > button[type=submit]")
        return self

    def trouble(self):
        return self.page.inner_text("#trouble")

    def status(self):
        return self.page.locator("#protection dl.facts dd").first.inner_text()
