#!/usr/bin/env python3
"""The stand-ins keep to the providers' contracts: what they refuse, the real ones refuse too."""
import json
import pathlib
import sys
import unittest
import unittest.mock
import urllib.error
import urllib.request

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "tools/standin"))
import asana  # noqa: E402
import github  # noqa: E402
import s3  # noqa: E402
import slack  # noqa: E402
from server import start  # noqa: E402


class Case(unittest.TestCase):
    standin = None

    def setUp(self):
        self.server = start(self.standin())
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"

    def tearDown(self):
        self.server.shutdown()
        self.server.server_close()

    def call(self, method, path, body=None, token=None):
        headers = {"Content-Type": "application/json"}
        if token:
            headers["Authorization"] = f"Bearer {token}"
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.url + path, data, headers, method=method)
        try:
            with urllib.request.urlopen(request, timeout=5) as response:
                return response.status, response.read().decode(), response.headers
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode(), error.headers


class Slack(Case):
    standin = slack.Slack

    def section(self, text):
        return {"type": "section", "text": {"type": "mrkdwn", "text": text}}

    def test_webhook(self):
        self.assertEqual(self.call("POST", slack.WEBHOOK, {"text": "hi"})[:2], (200, "ok"))
        self.assertEqual(self.call("POST", slack.WEBHOOK, {})[:2], (400, "no_text"))
        self.assertEqual(self.call("POST", "/services/x", {"text": "hi"})[0], 404)

    def test_limits_of_blocks(self):
        def post(blocks):
            return json.loads(self.call("POST", "/api/chat.postMessage",
                                        {"channel": "C1", "blocks": blocks}, slack.TOKEN)[1])
        self.assertTrue(post([self.section("x" * 3000)])["ok"])
        self.assertEqual(post([self.section("x" * 3001)])["error"], "invalid_blocks")
        self.assertEqual(post([self.section("x")] * 51)["error"], "invalid_blocks")
        self.assertEqual(post([self.section("x" * 2900)] * 5)["error"], "msg_blocks_too_long")

    def test_errors_are_200(self):
        status, body, _ = self.call("POST", "/api/chat.postMessage", {"channel": "C1", "text": "x"}, "wrong")
        self.assertEqual((status, json.loads(body)["error"]), (200, "invalid_auth"))


class Asana(Case):
    standin = asana.Asana

    def test_comment_and_complete(self):
        task = f"/api/1.0/tasks/{asana.TASKS[0]}"
        self.assertEqual(self.call("POST", task + "/stories", {"data": {"text": "built"}}, asana.TOKEN)[0], 201)
        self.assertEqual(self.call("POST", task + "/stories", {"text": "built"}, asana.TOKEN)[0], 400)
        self.assertEqual(self.call("PUT", task, {"data": {"completed": True}}, asana.TOKEN)[0], 200)
        self.assertTrue(json.loads(self.call("GET", task, token=asana.TOKEN)[1])["data"]["completed"])

    def test_refusals(self):
        self.assertEqual(self.call("GET", "/api/1.0/tasks/1", token=asana.TOKEN)[0], 404)
        self.assertEqual(self.call("GET", "/api/1.0/tasks/1")[0], 401)


class GitHub(Case):
    standin = github.GitHub
    path = "/repos/octo/ride/statuses/" + "a" * 40

    def test_status(self):
        self.assertEqual(self.call("POST", self.path, {"state": "success"}, github.TOKEN)[0], 201)
        self.assertEqual(self.call("POST", self.path, {"state": "green"}, github.TOKEN)[0], 422)
        long = {"state": "success", "description": "x" * 141}
        self.assertEqual(self.call("POST", self.path, long, github.TOKEN)[0], 422)
        self.assertEqual(self.call("POST", self.path, {"state": "success"})[0], 401)

    def test_misbehaves_when_told(self):
        self.call("POST", "/_control", {"next": [{"status": 429, "retry_after": 7}, {"drop": True}]})
        status, _, headers = self.call("POST", self.path, {"state": "success"}, github.TOKEN)
        self.assertEqual((status, headers["Retry-After"]), (429, "7"))
        with self.assertRaises(OSError):
            self.call("POST", self.path, {"state": "success"}, github.TOKEN)
        self.assertEqual(self.call("POST", self.path, {"state": "success"}, github.TOKEN)[0], 201)


class S3(Case):
    standin = s3.S3

    # The examples of Amazon's S3 API reference, of 24 May 2013.
    EXAMPLE = {"host": "examplebucket.s3.amazonaws.com", "range": "bytes=0-9", "x-amz-date": "20130524T000000Z",
               "x-amz-content-sha256": "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
               "authorization": "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request,"
               "SignedHeaders=host;range;x-amz-content-sha256;x-amz-date,"
               "Signature=f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41"}

    def check(self, path="/test.txt", secret="wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", at=1369353600, body=b"", **headers):
        with unittest.mock.patch.multiple(s3, KEY="AKIAIOSFODNN7EXAMPLE", SECRET=secret, REGION="us-east-1"), \
                unittest.mock.patch("s3.time.time", lambda: at):
            try:
                s3.S3().check_signature("GET", path, [], {**self.EXAMPLE, **headers}, body)
            except s3.Answer as refused:
                return refused.violation.split(":")[0]
        return "taken"

    def test_signatures_are_amazons(self):
        self.assertEqual(self.check(), "taken")
        self.assertEqual(self.check(path="/other.txt"), "SignatureDoesNotMatch")
        self.assertEqual(self.check(secret="other"), "SignatureDoesNotMatch")
        self.assertEqual(self.check(range="bytes=0-99"), "SignatureDoesNotMatch")
        self.assertEqual(self.check(body=b"x"), "XAmzContentSHA256Mismatch")
        self.assertEqual(self.check(at=1369353600 + 3600), "RequestTimeTooSkewed")
        self.assertEqual(self.check(**{"x-amz-acl": "public-read"}), "AccessDenied")  # not signed

    def test_strangers_are_refused(self):
        status, body, _ = self.call("GET", "/bucket/key")
        self.assertEqual(status, 403)
        self.assertIn("<Code>AccessDenied</Code>", body)


if __name__ == "__main__":
    unittest.main()
