#!/usr/bin/env python3
"""Uses a shared file as a person does, in Debian's chromium by its own DevTools protocol over a pipe (no network, no driver): looks for a village by pinyin,
opens its card, goes through the scenes, clicks on the map, at the size of a laptop and of a phone.

    tests/oracle/browser.py FILE.html PINYIN FOLDER_FOR_PICTURES

Prints JSON: what the console said, what was asked for beyond the file, what was shown.
"""
import base64
import json
import os
import subprocess
import sys
import tempfile
import time


class Browser:
    def __init__(self, profile):
        to_read, to_write = os.pipe()
        from_read, from_write = os.pipe()

        def before():
            os.dup2(to_read, 3)
            os.dup2(from_write, 4)

        self.process = subprocess.Popen(
            ["chromium", "--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update",
             "--disable-sync", "--no-first-run", f"--user-data-dir={profile}", "--remote-debugging-pipe", "about:blank"],
            preexec_fn=before, pass_fds=(3, 4), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        os.close(to_read)
        os.close(from_write)
        self.out, self.into, self.rest, self.count, self.events, self.session = to_write, from_read, b"", 0, [], None

    def message(self):
        while b"\0" not in self.rest:
            more = os.read(self.into, 1 << 16)
            if not more:
                raise SystemExit("chromium closed the pipe")
            self.rest += more
        one, self.rest = self.rest.split(b"\0", 1)
        return json.loads(one)

    def ask(self, method, **params):
        self.count += 1
        sent = {"id": self.count, "method": method, "params": params}
        if self.session:
            sent["sessionId"] = self.session
        os.write(self.out, json.dumps(sent).encode() + b"\0")
        while True:
            told = self.message()
            if told.get("id") == self.count:
                if "error" in told:
                    raise SystemExit(f"{method}: {told['error']}")
                return told["result"]
            self.events.append(told)

    def run(self, script):
        told = self.ask("Runtime.evaluate", expression=script, returnByValue=True)
        if "exceptionDetails" in told:
            raise SystemExit(str(told["exceptionDetails"]))
        return told["result"].get("value")

    def wait_for(self, script):
        """What a script gives once that is something, within ten seconds."""
        for _ in range(200):
            value = self.run(script)
            if value:
                return value
            time.sleep(0.05)
        return value

    def key(self, key, text=None):
        self.ask("Input.dispatchKeyEvent", type="keyDown", key=key, **({"text": text} if text else {}))
        self.ask("Input.dispatchKeyEvent", type="keyUp", key=key)

    def click(self, x, y):
        for kind in ("mousePressed", "mouseReleased"):
            self.ask("Input.dispatchMouseEvent", type=kind, x=x, y=y, button="left", clickCount=1)

    def middle(self, chosen):
        return self.run(f"(() => {{ const r = ({chosen}).getBoundingClientRect(); return [r.left + r.width / 2, r.top + r.height / 2]; }})()")

    def picture(self, path):
        with open(path, "wb") as file:
            file.write(base64.b64decode(self.ask("Page.captureScreenshot", format="png")["data"]))


def seen(browser, pinyin):
    """What a person sees who searches, opens a card, tells the story and clicks on the map."""
    found = {}
    browser.click(*browser.middle("document.getElementById('search')"))
    browser.ask("Input.insertText", text=pinyin)
    browser.wait_for("document.querySelectorAll('#hits li').length")
    found["hits"] = browser.run("[...document.querySelectorAll('#hits li')].map(l => l.textContent)")
    browser.key("Enter", "\r")
    found["card"] = browser.wait_for("document.querySelector('#panel h2')?.textContent ?? ''")
    found["figures"] = browser.run("document.querySelectorAll('#panel td').length")
    # The story, from its first scene on by the arrow.
    browser.run("document.querySelector('#tabs button').click()")
    browser.run("document.querySelector('#panel button.gap')?.click()")
    titles = []
    for _ in range(40):
        title = browser.run("document.querySelector('#story h2')?.textContent ?? ''")
        if not title or (titles and titles[-1] == title):
            break
        titles.append(title)
        browser.run("document.getElementById('canvas').focus()")
        browser.key("ArrowRight")
        time.sleep(0.2)
    found["scenes"] = titles
    browser.run("[...document.querySelectorAll('#story button')].at(-1)?.click()")
    # A click on the map, once everything is in view.
    browser.run("document.getElementById('fit').click()")
    time.sleep(0.5)
    browser.click(*browser.middle("document.getElementById('canvas')"))
    found["clicked"] = browser.wait_for("document.querySelector('#panel h2')?.textContent ?? ''")
    # The legend, folded on a phone, opens at its title.
    rows = "[...document.querySelectorAll('#legend .row')].filter(r => r.offsetHeight > 0).length"
    found["legend"] = [browser.run(rows)]
    browser.run("document.querySelector('#legend > button').click()")
    found["legend"].append(browser.run(rows))
    browser.run("document.querySelector('#legend > button').click()")
    # Nothing is wider than the screen.
    found["too_wide"] = browser.run("document.documentElement.scrollWidth > innerWidth + 1")
    return found


def main():
    file, pinyin, pictures = sys.argv[1:4]
    os.makedirs(pictures, exist_ok=True)
    told = {"console": [], "asked": []}
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        browser = Browser(profile)
        try:
            target = browser.ask("Target.createTarget", url="about:blank")["targetId"]
            browser.session = browser.ask("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
            for domain in ("Page", "Runtime", "Log", "Network"):
                browser.ask(f"{domain}.enable")
            for name, width, height, is_phone in (("laptop", 1366, 768, False), ("phone", 390, 844, True)):
                browser.ask("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=2 if is_phone else 1, mobile=is_phone)
                browser.ask("Page.navigate", url="file://" + os.path.abspath(file))
                for _ in range(100):
                    time.sleep(0.1)
                    if browser.run("document.readyState === 'complete' && document.querySelectorAll('#tabs button').length > 0"):
                        break
                told[name] = seen(browser, pinyin)
                browser.picture(os.path.join(pictures, f"{name}.png"))
            browser.run("0")
            for event in browser.events:
                params = event.get("params", {})
                if event.get("method") == "Network.requestWillBeSent":
                    url = params["request"]["url"]
                    if not url.startswith(("file:", "data:", "blob:", "about:")):
                        told["asked"].append(url)
                elif event.get("method") == "Runtime.exceptionThrown":
                    told["console"].append(params["exceptionDetails"].get("text", ""))
                elif event.get("method") == "Runtime.consoleAPICalled" and params.get("type") in ("error", "warning"):
                    told["console"].append(str(params.get("args")))
                elif event.get("method") == "Log.entryAdded" and params["entry"]["level"] in ("error", "warning"):
                    told["console"].append(params["entry"]["text"])
        finally:
            browser.session = None
            try:
                browser.ask("Browser.close")
                browser.process.wait(timeout=10)
            except (OSError, SystemExit, subprocess.TimeoutExpired):
                browser.process.kill()
                browser.process.wait()
    json.dump(told, sys.stdout, ensure_ascii=False)


main()
