"""How long the page of the whole registry takes in Chromium, beside an empty page.

Both are files, loaded in turn by one Chromium. Needs chromium, chromedriver and
Selenium, which Debian has.
"""

import os
import pathlib
import shutil
import statistics
import sys
from collections.abc import Iterator

from rows import Goal, Row, Settings, interleave, ratios

sys.path[:0] = [str(pathlib.Path(__file__).resolve().parents[1] / "page")]

EMPTY = """<!DOCTYPE html><html lang="en"><title>empty</title><input id="query">
<script type="module">
document.getElementById('query').addEventListener('input', () => {});
document.documentElement.dataset.ready = 'true';
performance.mark('ready');
</script>"""
QUERIES = ("kafka", "https", "443", "billing", "8000-8100", "htps", "a")
# Half a second for a first view and 50 ms for a keystroke are wanted of a machine that
# takes this for an empty page.
EMPTY_SECONDS = 0.034
READY_GOAL = Goal("<=", round(0.5 / EMPTY_SECONDS, 1))
KEYSTROKE_GOAL = Goal("<=", round(0.05 / EMPTY_SECONDS, 1))

# Types a query letter by letter; returns the milliseconds of each, with its layout.
TYPE = """
const box = document.getElementById('query'), times = [];
box.focus();
for (let end = 1; end <= arguments[0].length; ++end) {
  const begin = performance.now();
  box.value = arguments[0].slice(0, end);
  box.dispatchEvent(new InputEvent('input', {bubbles: true}));
  document.body.getBoundingClientRect();
  times.push(performance.now() - begin);
}
box.value = '';
box.blur();
return times;
"""


def rows(settings: Settings) -> Iterator[Row]:
    """First views and keystrokes."""
    chromium, chromedriver = shutil.which("chromium"), shutil.which("chromedriver")
    if not chromium or not chromedriver:
        print("chromium is not found: the page is not measured", file=sys.stderr)
        return
    os.environ.update(PORTREG=str(settings.binaries / "portreg"), PORTREG_CHROMIUM=chromium,
                      PORTREG_CHROMEDRIVER=chromedriver)
    # Reads these variables.
    import pages

    directory = settings.output / "page"
    directory.mkdir(exist_ok=True)
    addresses = {"page": pages.saved(pages.export(), str(directory)),
                 "empty": pages.saved(EMPTY.encode(), str(directory), "empty.html")}
    with pages.Browser() as browser:
        yield from _rows(browser, addresses, settings.rounds)


def _rows(browser, addresses: dict[str, str], rounds: int) -> Iterator[Row]:
    slowest: list[float] = []

    def measure(variant: str) -> float:
        """Seconds from the navigation to the first view."""
        name = variant.rstrip("'")
        browser.open(addresses[name])
        ready = browser.driver.execute_script(
            "return performance.getEntriesByName('ready')[0].startTime") / 1000
        if name == "page":
            # A person needs longer than this to find a key.
            browser.wait_until("return performance.now() > arguments[0]", ready * 1000 + 200)
            times = [browser.driver.execute_script(TYPE, query) for query in QUERIES]
            found = browser.driver.execute_script(
                "return document.querySelectorAll('#results [role=option]').length")
            if found != 50:  # of "a"
                raise RuntimeError(f"the search finds {found} matches, not 50")
            slowest.append(max(map(max, times)) / 1000)
        return ready

    for name in addresses:  # starts what Chromium starts once
        measure(name)
    slowest.clear()
    measured = interleave([*addresses, "empty'"], rounds, measure)
    control = ratios(measured["empty'"], measured["empty"])
    empty = statistics.median(measured["empty"]) * 1000
    yield Row("page of the whole registry / empty page, first view", READY_GOAL, "ratio",
              ratios(measured["page"], measured["empty"]), control,
              {"page ms": statistics.median(measured["page"]) * 1000, "empty page ms": empty})
    yield Row("slowest keystroke of the search / empty page, first view", KEYSTROKE_GOAL, "ratio",
              ratios(slowest, measured["empty"]), control,
              {"keystroke ms": statistics.median(slowest) * 1000},
              note=f"of {sum(map(len, QUERIES))} keystrokes a round")
