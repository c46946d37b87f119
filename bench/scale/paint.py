"""The ballot page on a slow telephone: Chromium, nothing in its cache, 250 kbit/s and 300 ms each way to the server.

Several visits, the median counts; bytes and requests are those that went over the line.
"""

from __future__ import annotations

import os
import statistics

from bench.faults.place import SQLITE, Kit

VISITS = 5
LATENCY, BYTES_A_SECOND = 300, 250_000 / 8
LONGEST, HEAVIEST, MOST_REQUESTS = 2.5, 14_000, 2
FIRST_PAINT = "() => performance.getEntriesByType('paint').find(each => each.name === 'first-contentful-paint')?.startTime"


def run(kit: Kit) -> dict[str, tuple[str, bool]]:
    """Key of the proof → (figure, whether it is as required)."""
    from playwright.sync_api import sync_playwright

    with kit.place(SQLITE) as place, sync_playwright() as playwright:
        address = place.serve().address
        browser = playwright.chromium.launch(
            executable_path=os.environ.get("CHROMIUM", "/usr/bin/chromium"), args=["--no-sandbox"]
        )
        visits = [visit(browser, f"http://127.0.0.1:{address[1]}/p/{code}") for code in place.issue(VISITS)]
        browser.close()
    paint = statistics.median(seconds for seconds, _bytes, _requests in visits)
    size, requests = max(each[1] for each in visits), max(each[2] for each in visits)
    weight = f"{size / 1000:.1f} kB in {requests} requests".replace(".", ",")
    return {
        "ballot-2g": (f"{paint:.2f} s".replace(".", ","), paint <= LONGEST),
        "ballot-weight": (f"in Chromium {weight}", size <= HEAVIEST and requests <= MOST_REQUESTS),
    }


def visit(browser, url: str) -> tuple[float, int, int]:
    """(seconds to the first paint, bytes received, requests)."""
    context = browser.new_context(viewport={"width": 360, "height": 640}, locale="vi-VN")
    page = context.new_page()
    session = context.new_cdp_session(page)
    session.send("Network.enable")
    session.send(
        "Network.emulateNetworkConditions",
        {
            "offline": False,
            "latency": LATENCY,
            "downloadThroughput": BYTES_A_SECOND,
            "uploadThroughput": BYTES_A_SECOND,
        },
    )
    received: list[float] = []
    inlined: set[str] = (
        set()
    )  # what stands in the style sheet itself is told as a request of its own, and is none

    def asked(event: dict) -> None:
        if event["request"]["url"].startswith("data:"):
            inlined.add(event["requestId"])

    def arrived(event: dict) -> None:
        if event["requestId"] not in inlined:
            received.append(event["encodedDataLength"])

    session.on("Network.requestWillBeSent", asked)
    session.on("Network.loadingFinished", arrived)
    page.goto(url, wait_until="networkidle")
    page.wait_for_function(FIRST_PAINT)
    seconds = page.evaluate(FIRST_PAINT) / 1000
    context.close()
    return seconds, int(sum(received)), len(received)
