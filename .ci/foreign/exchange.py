"""One HTTP exchange."""

import http.client
import json
from urllib.parse import urlsplit

from report import Failure

SECONDS = 10


class Answer:
    def __init__(self, status, content_type, body):
        self.status = status
        self.content_type = content_type
        self.body = body

    def json(self):
        try:
            return json.loads(self.body)
        except ValueError as error:
            raise Failure(f"the answer {self.status} is not JSON: {error}\n  {self.body[:1000]!r}") from None


def get(url, path):
    """Gets what is there."""
    return exchange(url, "GET", path, None, {})


def post(url, path, body, headers=()):
    """Posts a JSON body."""
    return exchange(url, "POST", path, body, {"Content-Type": "application/json", **dict(headers)})


def exchange(url, method, path, body, headers):
    at = urlsplit(url)
    connection = http.client.HTTPConnection(at.hostname, at.port, timeout=SECONDS)
    try:
        connection.request(method, path, body, headers)
        response = connection.getresponse()
        return Answer(response.status, response.headers.get_content_type(), response.read())
    except (OSError, http.client.HTTPException) as error:
        raise Failure(f"no answer from {url}: {error!r}") from None
    finally:
        connection.close()
