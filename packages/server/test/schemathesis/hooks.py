import uuid

import schemathesis


@schemathesis.hook
def before_call(context, case, kwargs):
    """What a schema cannot say: cursors come from the server, and a key is for one request alone."""
    query, headers = case.query or {}, case.headers or {}
    cursor, key = query.get("cursor"), headers.get("idempotency-key")
    if isinstance(cursor, str) and len(cursor) <= 2000:
        del query["cursor"]
    if isinstance(key, str) and 1 <= len(key) <= 200:
        headers["idempotency-key"] = key + str(uuid.uuid4())
