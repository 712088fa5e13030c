"""A headless Chromium, driven over WebDriver (https://www.w3.org/TR/webdriver2/) as a user would drive it."""
import json
import subprocess
import urllib.error
import urllib.request

from harness import free_port, wait_for

ELEMENT = "element-6066-11e4-a52e-4f735466cecf"  # the key of an element's reference, from the standard


class Browser:
    def __init__(self, folder):
        self.folder = folder
        self.port = free_port()
        self.log = open(folder / "chromedriver.log", "w")
        self.driver = subprocess.Popen(["chromedriver", f"--port={self.port}"], stdout=self.log, stderr=self.log)
        wait_for("chromedriver", self.ready)
        options = {"args": ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
                            f"--user-data-dir={folder / 'profile'}", "--window-size=1280,900"]}
        self.session = ""
        self.session = "/session/" + self.call("POST", "/session", {"capabilities": {"alwaysMatch": {
            "goog:chromeOptions": options, "goog:loggingPrefs": {"browser": "ALL"}}}})["sessionId"]

    def ready(self):
        if self.driver.poll() is not None:
            raise AssertionError(f"chromedriver ended with {self.driver.returncode}")
        try:
            return self.call("GET", "/status")["ready"]
        except OSError:
            return False

    def call(self, method, path, body=None):
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}{path}", method=method,
                                         data=None if body is None else json.dumps(body).encode(),
                                         headers={"Content-Type": "application/json"})
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                return json.load(answer)["value"]
        except urllib.error.HTTPError as error:
            raise AssertionError(f"{method} {path}: {error.read().decode()[:500]}") from error

    def on(self, method, path, body=None):
        return self.call(method, self.session + path, body)

    def open(self, url):
        self.on("POST", "/url", {"url": url})

    def url(self):
        return self.on("GET", "/url")

    def script(self, text, *words):
        return self.on("POST", "/execute/sync", {"script": text, "args": list(words)})

    def text(self, css="body"):
        """What is to be read at the first match; "" where there is none."""
        return self.script("return document.querySelector(arguments[0])?.innerText ?? ''", css)

    def count(self, css):
        return self.script("return document.querySelectorAll(arguments[0]).length", css)

    def shows(self, text, css="body"):
        try:
            wait_for(f"{text!r} in {css}", lambda: text in self.text(css))
        except AssertionError as late:
            raise AssertionError(f"{late}; there is {self.text(css)!r}") from None

    def click(self, xpath):
        """Presses what the path finds. The page may repaint under the pointer: then it is found again."""
        def press():
            try:
                found = self.on("POST", "/element", {"using": "xpath", "value": xpath})
                self.on("POST", f"/element/{found[ELEMENT]}/click", {})
                return True
            except AssertionError as error:
                if any(word in str(error) for word in ("stale element", "no such element")):
                    return False
                raise
        wait_for(f"pressing {xpath}", press)

    def type(self, css, text):
        found = self.on("POST", "/element", {"using": "css selector", "value": css})
        self.on("POST", f"/element/{found[ELEMENT]}/value", {"text": text})

    def problems(self):
        """What the page complained of on its console, since the last call."""
        return [entry["message"] for entry in self.on("POST", "/se/log", {"type": "browser"})
                if entry["level"] in ("SEVERE", "WARNING")]

    def close(self):
        try:
            if self.session:
                self.on("DELETE", "")
        finally:
            self.driver.terminate()
            self.driver.wait(timeout=30)
            self.log.close()
