#!/usr/bin/env python3
"""A stand-in for Asana's REST API: tasks, stories, sections and attachments of a few known tasks."""
import re

from server import Answer, StandIn, main, parse_json

TOKEN = "asana-stand-in"
TASKS = ("1204512345678901", "1204512345678902")


def errors(status, message, violation=None):
    return Answer(status, {"errors": [{"message": message, "help": "see the API documentation"}]},
                  violation=violation or message)


def data_of(body):
    value = parse_json(body, lambda why: errors(400, f"Could not parse request data, invalid JSON: {why}"))
    if not isinstance(value.get("data"), dict):
        raise errors(400, "Missing input: the body must be wrapped in \"data\"")
    return value["data"]


class Asana(StandIn):
    name = "asana"

    def __init__(self, record=None):
        super().__init__(record)
        self.tasks = {gid: {"gid": gid, "resource_type": "task", "name": "Riders can not log in",
                            "completed": False, "custom_fields": {}} for gid in TASKS}
        self.stories = 0

    def throttled(self, retry_after):
        return Answer(429, {"errors": [{"message": "You have made too many requests recently."}]},
                      {"Retry-After": str(retry_after)})

    def handle(self, method, path, query, headers, body):
        if headers.get("authorization") != f"Bearer {TOKEN}":
            raise errors(401, "Not Authorized")
        if method in ("POST", "PUT") and not headers.get("content-type", "").startswith("application/json"):
            raise errors(400, "Content-Type must be application/json")
        task = re.fullmatch(r"/api/1\.0/tasks/(\d+)(/stories|/attachments)?", path)
        if task:
            if task.group(1) not in self.tasks:
                raise Answer(404, {"errors": [{"message": f"task: Unknown object: {task.group(1)}"}]})
            return self.on_task(method, self.tasks[task.group(1)], task.group(2), body)
        section = re.fullmatch(r"/api/1\.0/sections/(\d+)/addTask", path)
        if section and method == "POST":
            gid = data_of(body).get("task")
            if gid not in self.tasks:
                raise errors(400, f"task: Unknown object: {gid}")
            self.tasks[gid]["section"] = section.group(1)
            return Answer(200, {"data": {}})
        raise errors(404, f"No matching route for request: {method} {path}")

    def on_task(self, method, task, part, body):
        if part is None and method == "GET":
            return Answer(200, {"data": task})
        if part is None and method == "PUT":
            change = data_of(body)
            if not set(change) <= {"completed", "custom_fields", "name", "notes", "html_notes", "due_on"}:
                raise errors(400, f"unknown fields {sorted(change)}")
            if "completed" in change and not isinstance(change["completed"], bool):
                raise errors(400, "completed: Not a boolean")
            task.update(change)
            return Answer(200, {"data": task})
        if part == "/stories" and method == "POST":
            story = data_of(body)
            if ("text" in story) == ("html_text" in story):
                raise errors(400, "You should specify one of text and html_text")
            if not (story.get("text") or story.get("html_text")):
                raise errors(400, "text: Missing input")
            self.stories += 1
            return Answer(201, {"data": {"gid": str(9000 + self.stories), "resource_type": "story", **story}})
        raise errors(404, "No matching route for request")


if __name__ == "__main__":
    main(Asana)
