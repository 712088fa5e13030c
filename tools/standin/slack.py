#!/usr/bin/env python3
"""A stand-in for Slack: incoming webhooks and chat.postMessage with Block Kit's published limits."""
import json

from server import Answer, StandIn, main, parse_json

TOKEN = "xoxb-stand-in"
WEBHOOK = "/services/T000/B000/stand-in"
BLOCKS, SECTION_TEXT, HEADER_TEXT, TEXT, ALL_BLOCKS = 50, 3000, 150, 40000, 13200


def check_text(value, limit, kinds=("mrkdwn", "plain_text")):
    if not isinstance(value, dict) or value.get("type") not in kinds:
        return "a text object wants type " + " or ".join(kinds)
    text = value.get("text")
    if not isinstance(text, str) or not 1 <= len(text) <= limit:
        return f"a text has {len(text or '')} characters; 1 to {limit} are allowed"
    return None


def check_rich_text(block):
    for element in block.get("elements") or [None]:
        if not isinstance(element, dict) or element.get("type") not in (
                "rich_text_section", "rich_text_preformatted", "rich_text_list", "rich_text_quote"):
            return "rich_text wants rich_text_* elements"
        for part in element.get("elements") or [None]:
            if not isinstance(part, dict) or part.get("type") not in ("text", "link", "emoji", "user"):
                return "a rich text element wants text, link, emoji or user parts"
            if part["type"] == "text" and not part.get("text"):
                return "a rich text part is empty"
    return None


def check_block(block):
    kind = block.get("type") if isinstance(block, dict) else None
    if kind == "section":
        if "fields" in block:
            return next((bad for field in block["fields"] if (bad := check_text(field, 2000))), None)
        return check_text(block.get("text"), SECTION_TEXT)
    if kind == "header":
        return check_text(block.get("text"), HEADER_TEXT, ("plain_text",))
    if kind == "context":
        elements = block.get("elements") or []
        if not 1 <= len(elements) <= 10:
            return "a context block wants 1 to 10 elements"
        return next((bad for part in elements if part.get("type") != "image"
                     and (bad := check_text(part, SECTION_TEXT))), None)
    if kind == "rich_text":
        return check_rich_text(block)
    if kind == "actions":
        for part in block.get("elements") or []:
            if part.get("type") == "button" and (bad := check_text(part.get("text"), 75, ("plain_text",))):
                return bad
        return None
    return None if kind == "divider" else f"unknown block type {kind}"


def message_problem(message):
    """Slack's error code and our explanation, or None."""
    blocks = message.get("blocks")
    if blocks is not None:
        if not isinstance(blocks, list) or len(blocks) > BLOCKS:
            return "invalid_blocks", f"more than {BLOCKS} blocks"
        for index, block in enumerate(blocks):
            if bad := check_block(block):
                return "invalid_blocks", f"blocks[{index}]: {bad}"
        if len(json.dumps(blocks)) > ALL_BLOCKS:
            return "msg_blocks_too_long", f"all blocks together are longer than {ALL_BLOCKS}"
    if not message.get("text") and not blocks:
        return "no_text", "neither text nor blocks"
    if len(message.get("text") or "") > TEXT:
        return "msg_too_long", f"text is longer than {TEXT}"
    return None


class Slack(StandIn):
    name = "slack"

    def __init__(self, record=None):
        super().__init__(record)
        self.sent = 0

    def handle(self, method, path, query, headers, body):
        if method != "POST":
            raise Answer(405, "method not allowed", violation=f"{method} instead of POST")
        if path == WEBHOOK:
            return self.webhook(headers, body)
        if path.startswith("/services/"):
            raise Answer(404, "no_service", violation="unknown incoming webhook")
        if path in ("/api/chat.postMessage", "/api/chat.update"):
            return self.post_message(headers, body)
        raise Answer(404, "not found", violation="unknown path")

    def webhook(self, headers, body):
        if not headers.get("content-type", "").startswith("application/json"):
            raise Answer(400, "invalid_payload", violation="Content-Type is not application/json")
        message = parse_json(body, lambda why: Answer(400, "invalid_payload", violation=why))
        if problem := message_problem(message):
            raise Answer(400, problem[0], violation=problem[1])
        return Answer(200, "ok")

    def post_message(self, headers, body):
        def refuse(code, why):
            return Answer(200, {"ok": False, "error": code}, violation=why)

        if headers.get("authorization") != f"Bearer {TOKEN}":
            raise refuse("invalid_auth" if "authorization" in headers else "not_authed", "wrong token")
        if "charset=utf-8" not in headers.get("content-type", "").lower() and \
                not headers.get("content-type", "").startswith("application/json"):
            raise refuse("invalid_post_type", "Content-Type is not application/json")
        message = parse_json(body, lambda why: refuse("invalid_json", why))
        if not message.get("channel"):
            raise refuse("channel_not_found", "no channel")
        if problem := message_problem(message):
            raise refuse(*problem)
        self.sent += 1
        return Answer(200, {"ok": True, "channel": message["channel"],
                            "ts": f"1700000000.{self.sent:06}", "message": message})


if __name__ == "__main__":
    main(Slack)
