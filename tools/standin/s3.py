#!/usr/bin/env python3
"""A stand-in for S3: buckets in memory, and every request's Signature Version 4 checked against its contract."""
import datetime
import hashlib
import hmac
import re
import time
import urllib.parse
from xml.sax.saxutils import escape

from server import Answer, StandIn, main

KEY, SECRET, TOKEN = "AKIDSTANDIN", "standin/secret+key", "temporary//token=="
REGION = "eu-test-1"
PART_BYTES = 5 << 20  # of every part but the last
SKEW_S = 900


def refuse(status, code, message, headers=None, **more):
    extra = "".join(f"<{name}>{escape(value)}</{name}>" for name, value in more.items())
    body = f'<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>{code}</Code><Message>{escape(message)}</Message>{extra}</Error>'
    return Answer(status, body, headers, violation=f"{code}: {message}")


def quote(text, safe=""):
    return urllib.parse.quote(text, safe=safe + "-._~")


def digest(key, text):
    return hmac.new(key, text.encode(), hashlib.sha256).digest()


class S3(StandIn):
    name = "s3"

    def __init__(self, record=None, token=False, page=1000):
        super().__init__(record)
        self.buckets, self.uploads = {}, {}
        self.token, self.page = token, page
        self.made_with = {}  # (bucket, key) -> the headers of the request that made it

    def throttled(self, retry_after):
        return refuse(503, "SlowDown", "Please reduce your request rate.", {"Retry-After": str(retry_after)})

    def failing(self, status):
        codes = {403: "AccessDenied", 500: "InternalError", 503: "SlowDown"}
        return refuse(status, codes.get(status, "Unknown"), "the stand-in was told to fail")

    def handle(self, method, path, query, headers, body):
        parameters = urllib.parse.parse_qsl(query, keep_blank_values=True)
        self.check_signature(method, path, parameters, headers, body)
        bucket, _, key = urllib.parse.unquote(path[1:]).partition("/")
        asked = dict(parameters)
        if not key:
            return self.on_bucket(method, bucket, asked, headers)
        if bucket not in self.buckets:
            raise refuse(404, "NoSuchBucket", "The specified bucket does not exist")
        if "uploads" in asked or "uploadId" in asked:
            return self.on_upload(method, bucket, key, asked, headers, body)
        return self.on_object(method, bucket, key, headers, body)

    def check_signature(self, method, path, parameters, headers, body):
        match = re.fullmatch(r"AWS4-HMAC-SHA256 Credential=([^/]+)/(\d{8})/([^/]+)/s3/aws4_request, ?"
                             r"SignedHeaders=([a-z0-9;-]+), ?Signature=([0-9a-f]{64})", headers.get("authorization", ""))
        if not match:
            raise refuse(403, "AccessDenied", "Access Denied")
        key, day, region, names, signature = match.groups()
        if key != KEY:
            raise refuse(403, "InvalidAccessKeyId", "The AWS access key Id you provided does not exist in our records.")
        if region != REGION:
            raise refuse(400, "AuthorizationHeaderMalformed", f"the region '{region}' is wrong; expecting '{REGION}'",
                         Region=REGION)
        stamp = headers.get("x-amz-date", "")
        sent = datetime.datetime.strptime(stamp, "%Y%m%dT%H%M%SZ").replace(tzinfo=datetime.timezone.utc)
        if not stamp.startswith(day) or abs(sent.timestamp() - time.time()) > SKEW_S:
            raise refuse(403, "RequestTimeTooSkewed", "The difference between the request time and the current time is too large.")
        if self.token and headers.get("x-amz-security-token") != TOKEN:
            raise refuse(403, "InvalidToken", "The provided token is malformed or otherwise invalid.")
        unsigned = [name for name in headers if name.startswith("x-amz-") or name in ("host", "range")
                    if name not in names.split(";")]
        if unsigned or names != ";".join(sorted(names.split(";"))):
            raise refuse(403, "AccessDenied", f"There were headers present in the request which were not signed: {unsigned}")
        payload = headers.get("x-amz-content-sha256", "")
        if payload != hashlib.sha256(body).hexdigest():
            raise refuse(400, "XAmzContentSHA256Mismatch", "The provided 'x-amz-content-sha256' header does not match what was computed.")
        lines = "".join(f"{name}:{' '.join(headers[name].split())}\n" for name in names.split(";"))
        words = "&".join(f"{name}={value}" for name, value in sorted((quote(n), quote(v)) for n, v in parameters))
        canonical = "\n".join((method, quote(urllib.parse.unquote(path), "/"), words, lines, names, payload))
        scope = f"{day}/{region}/s3/aws4_request"
        secret = ("AWS4" + SECRET).encode()
        for part in (day, region, "s3", "aws4_request"):
            secret = digest(secret, part)
        text = "\n".join(("AWS4-HMAC-SHA256", stamp, scope, hashlib.sha256(canonical.encode()).hexdigest()))
        if not hmac.compare_digest(digest(secret, text).hex(), signature):
            raise refuse(403, "SignatureDoesNotMatch", "The request signature we calculated does not match the signature you provided.")

    def on_bucket(self, method, bucket, asked, headers):
        if method == "PUT":
            if bucket in self.buckets:
                raise refuse(409, "BucketAlreadyOwnedByYou", "Your previous request to create the named bucket succeeded.")
            self.buckets[bucket] = {}
            self.made_with[bucket, ""] = headers
            return Answer(200, "")
        if bucket not in self.buckets:
            raise refuse(404, "NoSuchBucket", "The specified bucket does not exist")
        if method != "GET" or asked.get("list-type") != "2":
            raise refuse(405, "MethodNotAllowed", f"{method} of a bucket")
        keys = sorted(key for key in self.buckets[bucket] if key.startswith(asked.get("prefix", "")))
        start = int(asked.get("continuation-token", "0"))
        page = keys[start:start + self.page]
        more = start + len(page) < len(keys)
        contents = "".join(f"<Contents><Key>{escape(key)}</Key><ETag>\"x\"</ETag><Size>{len(self.buckets[bucket][key])}</Size></Contents>"
                           for key in page)
        token = f"<NextContinuationToken>{start + len(page)}</NextContinuationToken>" if more else ""
        return Answer(200, '<?xml version="1.0"?><ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">'
                      f"<IsTruncated>{str(more).lower()}</IsTruncated>{contents}{token}</ListBucketResult>")

    def on_object(self, method, bucket, key, headers, body):
        objects = self.buckets[bucket]
        if method == "PUT":
            objects[key] = body
            self.made_with[bucket, key] = headers
            return Answer(200, "", {"ETag": f'"{hashlib.md5(body).hexdigest()}"'})
        if method == "DELETE":
            objects.pop(key, None)
            return Answer(204, "")
        if key not in objects:
            raise refuse(404, "NoSuchKey", "The specified key does not exist.")
        content = objects[key]
        window = re.fullmatch(r"bytes=(\d+)-(\d+)", headers.get("range", ""))
        if not window:
            return Answer(200, content)
        first, last = map(int, window.groups())
        if first >= len(content):
            raise refuse(416, "InvalidRange", "The requested range is not satisfiable")
        return Answer(206, content[first:last + 1])

    def on_upload(self, method, bucket, key, asked, headers, body):
        if method == "POST" and "uploads" in asked:
            upload = f"upload-{len(self.uploads) + 1}"
            self.uploads[upload] = {}
            self.made_with[bucket, key] = headers
            return Answer(200, f"<InitiateMultipartUploadResult><UploadId>{upload}</UploadId></InitiateMultipartUploadResult>")
        parts = self.uploads.get(asked["uploadId"])
        if parts is None:
            raise refuse(404, "NoSuchUpload", "The specified multipart upload does not exist.")
        if method == "PUT":
            parts[int(asked["partNumber"])] = body
            return Answer(200, "", {"ETag": f'"{hashlib.md5(body).hexdigest()}"'})
        del self.uploads[asked["uploadId"]]
        if method == "DELETE":
            return Answer(204, "")
        named = [(int(number), etag.replace("&quot;", '"')) for number, etag in
                 re.findall(r"<PartNumber>(\d+)</PartNumber><ETag>([^<]*)</ETag>", body.decode())]
        if named != [(number, f'"{hashlib.md5(parts[number]).hexdigest()}"') for number in sorted(parts)]:
            raise refuse(400, "InvalidPart", "One or more of the specified parts could not be found.")
        if any(len(parts[number]) < PART_BYTES for number, _ in named[:-1]):
            raise refuse(400, "EntityTooSmall", "Your proposed upload is smaller than the minimum allowed size")
        self.buckets[bucket][key] = b"".join(parts[number] for number, _ in named)
        return Answer(200, "<CompleteMultipartUploadResult></CompleteMultipartUploadResult>")


if __name__ == "__main__":
    main(S3)
