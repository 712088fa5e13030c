"""The common part of the stand-ins: an HTTP server that records what it gets and can be told to fail.

Every request is one JSON line in --record: when, method, path, headers, body, the status answered, and for
a request against the provider's contract what was wrong with it ("violation").

POST /_control {"next": [{"status": 429, "retry_after": 2}, {"stall": 5}, {"drop": true}]} queues
misbehaviour: each of the next requests takes one.
"""
import argparse
import json
import pathlib
import socket
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Answer(Exception):
    """What the provider would answer; raised by a contract check to refuse."""

    def __init__(self, status, body, headers=None, violation=None):
        super().__init__(violation or str(status))
        self.status, self.body, self.headers, self.violation = status, body, headers or {}, violation


class StandIn:
    """One provider. Subclasses answer handle(); the lock is held while they do."""

    name = "provider"

    def __init__(self, record=None):
        self.lock = threading.Lock()
        self.planned = []
        self.record = pathlib.Path(record) if record else None

    def handle(self, method, path, query, headers, body):
        raise NotImplementedError

    def throttled(self, retry_after):
        """Status, body and headers with which this provider throttles."""
        return Answer(429, {"message": "slow down"}, {"Retry-After": str(retry_after)})

    def failing(self, status):
        """The same for any other status."""
        return Answer(status, {"message": "the stand-in was told to fail"})

    def note(self, **entry):
        if self.record:
            with self.record.open("a") as out:
                out.write(json.dumps(entry) + "\n")


def parse_json(body, answer):
    try:
        value = json.loads(body)
    except ValueError as error:
        raise answer(f"the body is not JSON: {error}")
    if not isinstance(value, dict):
        raise answer("the body is not a JSON object")
    return value


def make_handler(standin):
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *args):
            pass

        def serve(self):
            length = int(self.headers.get("Content-Length") or 0)
            body = self.rfile.read(length)
            path, _, query = self.path.partition("?")
            if path == "/_control":
                with standin.lock:
                    standin.planned += json.loads(body).get("next", [])
                return self.reply(Answer(200, {}))
            with standin.lock:
                plan = standin.planned.pop(0) if standin.planned else None
            if plan and plan.get("stall"):
                time.sleep(plan["stall"])
            if plan and plan.get("drop"):
                self.connection.shutdown(socket.SHUT_RDWR)
                self.close_connection = True
                return None
            headers = {key.lower(): ", ".join(self.headers.get_all(key)) for key in self.headers.keys()}
            with standin.lock:
                if plan and plan.get("status"):
                    status = plan["status"]
                    answer = standin.throttled(plan.get("retry_after", 1)) if status == 429 else \
                        standin.failing(status)
                else:
                    try:
                        answer = standin.handle(self.command, path, query, headers, body)
                    except Answer as refused:
                        answer = refused
                standin.note(at=time.time(), method=self.command, path=self.path, headers=headers,
                             body=body.decode("utf-8", "replace"), status=answer.status,
                             violation=answer.violation)
            return self.reply(answer)

        do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = serve

        def reply(self, answer):
            data, kind = answer.body, "application/octet-stream"
            if isinstance(data, str):
                data, kind = data.encode(), "text/html"
            elif not isinstance(data, bytes):
                data, kind = json.dumps(data).encode(), "application/json; charset=utf-8"
            self.send_response(answer.status)
            for key, value in {"Content-Type": kind, "Content-Length": str(len(data)), **answer.headers}.items():
                self.send_header(key, value)
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(data)

    return Handler


def start(standin, port=0):
    """Serves in a thread; returns the server (server_address has the port)."""
    server = ThreadingHTTPServer(("127.0.0.1", port), make_handler(standin))
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server


def main(make):
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--port-file", help="the port is written here once it is open")
    parser.add_argument("--record", help="JSON lines of what came in")
    options = parser.parse_args()
    server = ThreadingHTTPServer(("127.0.0.1", options.port), make_handler(make(options.record)))
    server.daemon_threads = True
    if options.port_file:
        pathlib.Path(options.port_file).write_text(str(server.server_address[1]))
    server.serve_forever()
