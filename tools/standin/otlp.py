#!/usr/bin/env python3
"""A stand-in for an OpenTelemetry collector: OTLP/HTTP in JSON, traces only.

Checks what the protocol's JSON encoding demands (opentelemetry.io/docs/specs/otlp): ids in lower-case hex of
the right length, times as strings of nanoseconds, enums as numbers, lowerCamelCase members, parents that are
in the same trace.
"""
import re

from server import Answer, StandIn, main, parse_json

HEX = {"traceId": 32, "spanId": 16, "parentSpanId": 16}
SPAN = {"traceId", "spanId", "parentSpanId", "name", "kind", "startTimeUnixNano", "endTimeUnixNano", "attributes", "status"}


def refuse(why):
    return Answer(400, {"code": 3, "message": why}, violation=why)


def check_attributes(attributes):
    keys = [item.get("key") for item in attributes]
    if len(set(keys)) != len(keys):
        raise refuse(f"an attribute is there twice: {keys}")
    for item in attributes:
        if set(item) != {"key", "value"} or list(item["value"]) != ["stringValue"] or not isinstance(item["value"]["stringValue"], str):
            raise refuse(f"no attribute: {item}")


def check_span(span):
    if set(span) - SPAN:
        raise refuse(f"unknown members of a span: {set(span) - SPAN}")
    for name, digits in HEX.items():
        if name == "parentSpanId" and name not in span:
            continue
        if not re.fullmatch(f"[0-9a-f]{{{digits}}}", span[name]) or set(span[name]) == {"0"}:
            raise refuse(f"{name} {span[name]!r}")
    for name in ("startTimeUnixNano", "endTimeUnixNano"):
        if not isinstance(span[name], str) or not span[name].isdigit():
            raise refuse(f"{name} {span[name]!r}")
    if int(span["endTimeUnixNano"]) < int(span["startTimeUnixNano"]):
        raise refuse(f"{span['name']} ends before it starts")
    if span["kind"] not in range(6) or span["status"]["code"] not in range(3):
        raise refuse("an enum is a number")
    check_attributes(span["attributes"])


class Collector(StandIn):
    name = "otlp"

    def __init__(self, record=None):
        super().__init__(record)
        self.spans = []  # of all requests that were in order

    def handle(self, method, path, query, headers, body):
        if (method, path) != ("POST", "/v1/traces"):
            raise Answer(404, {"message": "traces only"}, violation=f"{method} {path}")
        if headers.get("content-type") != "application/json":
            raise Answer(415, {"message": "json only"}, violation=f"content type {headers.get('content-type')}")
        spans = []
        for group in parse_json(body, refuse)["resourceSpans"]:
            check_attributes(group["resource"]["attributes"])
            for scope in group["scopeSpans"]:
                spans += scope["spans"]
        for span in spans:
            check_span(span)
        known = {(span["traceId"], span["spanId"]) for span in spans}
        for span in spans:
            if "parentSpanId" in span and (span["traceId"], span["parentSpanId"]) not in known:
                raise refuse(f"the parent of {span['name']} is missing")
        self.spans += spans
        return Answer(200, {})


if __name__ == "__main__":
    main(Collector)
