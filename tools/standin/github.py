#!/usr/bin/env python3
"""A stand-in for GitHub's REST API: commit statuses, pull request files and repository hooks."""
import re

from server import Answer, StandIn, main, parse_json

TOKEN = "ghp_standin"
STATES = ("error", "failure", "pending", "success")


def refuse(status, message, violation=None, **more):
    return Answer(status, {"message": message, "documentation_url": "https://docs.github.com/rest", **more},
                  violation=violation or message)


class GitHub(StandIn):
    name = "github"

    def __init__(self, record=None):
        super().__init__(record)
        self.statuses, self.hooks = [], []

    def throttled(self, retry_after):
        return Answer(429, {"message": "You have exceeded a secondary rate limit."},
                      {"Retry-After": str(retry_after), "X-RateLimit-Remaining": "0"})

    def handle(self, method, path, query, headers, body):
        if not headers.get("user-agent"):
            raise refuse(403, "Request forbidden by administrative rules: User-Agent header is missing")
        if headers.get("authorization") not in (f"Bearer {TOKEN}", f"token {TOKEN}"):
            raise refuse(401, "Bad credentials" if "authorization" in headers else "Requires authentication")
        status = re.fullmatch(r"/repos/([\w.-]+)/([\w.-]+)/statuses/([0-9a-f]{40})", path)
        if status and method == "POST":
            return self.create_status(status.group(3), body)
        if re.fullmatch(r"/repos/[\w.-]+/[\w.-]+/pulls/\d+/files", path) and method == "GET":
            return Answer(200, [{"filename": "src/ride.py", "status": "modified"}])
        if re.fullmatch(r"/repos/[\w.-]+/[\w.-]+/hooks", path):
            if method == "GET":
                return Answer(200, self.hooks)
            if method == "POST":
                hook = parse_json(body, lambda why: refuse(400, "Problems parsing JSON", why))
                if not hook.get("config", {}).get("url"):
                    raise refuse(422, "Validation Failed", "config.url is missing")
                self.hooks.append({"id": len(self.hooks) + 1, **hook})
                return Answer(201, self.hooks[-1])
        raise refuse(404, "Not Found", f"no such route: {method} {path}")

    def create_status(self, sha, body):
        status = parse_json(body, lambda why: refuse(400, "Problems parsing JSON", why))
        if status.get("state") not in STATES:
            raise refuse(422, "Validation Failed", f"state {status.get('state')!r}")
        if len(status.get("description") or "") > 140:
            raise refuse(422, "Validation Failed", "description is longer than 140 characters")
        if not isinstance(status.get("context", "default"), str):
            raise refuse(422, "Validation Failed", "context is not a string")
        self.statuses.append({"sha": sha, **status})
        return Answer(201, {"id": len(self.statuses), "state": status["state"],
                            "context": status.get("context", "default")})


if __name__ == "__main__":
    main(GitHub)
