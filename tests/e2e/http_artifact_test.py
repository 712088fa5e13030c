#!/usr/bin/env python3
"""HTTP artifacts with credentials, against a server that demands a client certificate and a token endpoint that is strict."""
import base64
import http.server
import json
import ssl
import subprocess
import threading
import unittest
import urllib.parse

from harness import Case

SECRET = """
apiVersion: v1
kind: Secret
metadata: {name: web}
stringData:
  id: "my app"
  secret: "s:e/c+ret"
  url: https://localhost:%(port)d/token?tenant=1
  wrong: no certificate
  cert: |
%(cert)s
  key: |
%(key)s
"""

WORKFLOW = """
apiVersion: argoproj.io/v1alpha1
kind: Workflow
metadata: {name: "%(name)s"}
spec:
  entrypoint: main
  templates:
    - name: main
      inputs:
        artifacts:
          - name: in
            path: "%(folder)s/%(name)s"
            http:
              url: https://localhost:%(port)d/in
              auth: &auth {%(auth)s}
      outputs:
        artifacts:
          - name: out
            path: "%(folder)s/%(name)s"
            archive: {none: {}}
            http: {url: "https://localhost:%(port)d/out", auth: *auth}
      container:
        image: none
        command: [sh, -c]
        args: ["cat %(folder)s/%(name)s"]
"""

CERTIFICATE = "clientCert: {clientCertSecret: {name: web, key: %s}, clientKeySecret: {name: web, key: key}}"
TOKEN = """oauth2: {clientIDSecret: {name: web, key: id}, clientSecretSecret: {name: web, key: secret},
  tokenURLSecret: {name: web, key: url}, scopes: [read, "write all"], endpointParams: [{key: audience, value: "a&b"}]}"""


class Handler(http.server.BaseHTTPRequestHandler):
    """Files want the token, or the certificate; the token endpoint wants exactly what Go's client sends."""

    def log_message(self, *_):
        pass

    def body(self):
        return self.rfile.read(int(self.headers.get("Content-Length", 0)))

    def answer(self, status, body=b"", kind="application/json"):
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_POST(self):
        form = urllib.parse.parse_qs(self.body().decode(), strict_parsing=True)
        basic = "Basic " + base64.b64encode(b"my+app:s%3Ae%2Fc%2Bret").decode()
        expected = {"grant_type": ["client_credentials"], "scope": ["read write all"], "audience": ["a&b"]}
        if not self.server.takes_basic:
            expected |= {"client_id": ["my app"], "client_secret": ["s:e/c+ret"]}
            basic = None
        self.server.asked.append(self.headers.get("Authorization"))
        if (self.path != "/token?tenant=1" or self.headers.get("Authorization") != basic or form != expected
                or self.headers.get("Content-Type") != "application/x-www-form-urlencoded"):
            return self.answer(400, json.dumps({"error": "invalid_client"}).encode())
        self.answer(200, json.dumps({"access_token": "t0ken", "token_type": "bearer", "expires_in": 60}).encode())

    def admitted(self):
        return self.connection.getpeercert() or self.headers.get_all("Authorization") == ["Bearer t0ken"]

    def do_GET(self):
        if not self.admitted():
            return self.answer(401, b"no token and no certificate")
        self.answer(200, b"over https", "text/plain")

    def do_PUT(self):
        content = self.body()
        if not self.admitted():
            return self.answer(401)
        self.server.stored[self.path] = content
        self.answer(201)


class Credentials(Case):
    options = None

    def setUp(self):
        super().setUp()
        self.certificate("authority", "-x509")
        for name in ("localhost", "client"):
            self.certificate(name, "-x509", "-CA", self.folder / "authority.pem", "-CAkey", self.folder / "authority.key")
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.folder / "localhost.pem", self.folder / "localhost.key")
        context.load_verify_locations(self.folder / "authority.pem")
        context.verify_mode = ssl.CERT_OPTIONAL
        self.context = context
        self.web = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.web.socket = context.wrap_socket(self.web.socket, server_side=True)
        self.web.takes_basic, self.web.asked, self.web.stored = True, [], {}
        threading.Thread(target=self.web.serve_forever, daemon=True).start()
        self.addCleanup(self.web.server_close)
        self.addCleanup(self.web.shutdown)
        self.port = self.web.server_port

    def certificate(self, name, *how):
        subprocess.run(["openssl", "req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
                        "-subj", f"/CN={name}", "-addext", f"subjectAltName=DNS:{name}",
                        "-keyout", self.folder / f"{name}.key", "-out", self.folder / f"{name}.pem", *how],
                       check=True, capture_output=True)

    def run_with(self, name, auth):
        def text(file):
            return "".join("    " + line + "\n" for line in (self.folder / file).read_text().splitlines())
        secret = SECRET % {"port": self.port, "cert": text("client.pem"), "key": text("client.key")}
        (self.folder / "secret.yaml").write_text(secret)
        (self.folder / "flow.yaml").write_text(
            WORKFLOW % {"name": name, "port": self.port, "folder": self.folder, "auth": auth})
        return self.run_cli("run", "--runtime", "host", str(self.folder / "secret.yaml"), str(self.folder / "flow.yaml"),
                            environment={"SSL_CERT_FILE": str(self.folder / "authority.pem")})

    def test_a_client_certificate_opens_the_door(self):
        self.context.verify_mode = ssl.CERT_REQUIRED
        done = self.run_with("certificate", CERTIFICATE % "cert")
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertEqual(self.web.stored, {"/out": b"over https"})
        self.assertNotIn("PRIVATE KEY", done.stdout + done.stderr)

    def test_without_one_it_stays_shut(self):
        self.context.verify_mode = ssl.CERT_REQUIRED
        done = self.run_with("nothing", "")
        self.assertNotEqual(done.returncode, 0)
        self.assertIn(f"https://localhost:{self.port}/in", done.stdout + done.stderr)
        done = self.run_with("wrong", CERTIFICATE % "wrong")
        self.assertNotEqual(done.returncode, 0)
        self.assertIn("clientCertSecret and clientKeySecret are no certificate and its key in PEM", done.stdout + done.stderr)

    def test_a_token_is_fetched_for_each_transfer(self):
        done = self.run_with("token", TOKEN)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertEqual(self.web.stored, {"/out": b"over https"})
        self.assertEqual(len(self.web.asked), 2)

    def test_an_endpoint_that_knows_no_basic_header_gets_the_form(self):
        self.web.takes_basic = False
        done = self.run_with("form", TOKEN)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertEqual([header is not None for header in self.web.asked[:2]], [True, False])

    def test_what_the_endpoint_says_is_the_message(self):
        done = self.run_with("refused", TOKEN.replace("a&b", "other"))
        self.assertNotEqual(done.returncode, 0)
        self.assertIn("no token for auth.oauth2: ", done.stdout + done.stderr)
        self.assertIn("invalid_client", done.stdout + done.stderr)
        done = self.run_with("half", "oauth2: {clientIDSecret: {name: web, key: id}}")
        self.assertIn("auth.oauth2 needs clientSecretSecret {name, key} of a Secret", done.stdout + done.stderr)


if __name__ == "__main__":
    unittest.main()
