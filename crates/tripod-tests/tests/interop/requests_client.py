"""requests-oauthlib as a client of the sandbox: the whole flow, in the place that is asked for.

Arguments: the origin, the consumer's key and secret, `header`, `form` or `query`, and a signature method.
Prints the authorization URL, reads the verifier, prints what the data host says.
"""

import sys

from requests_oauthlib import OAuth1Session

origin, key, secret, place, method = sys.argv[1:]
place = {"header": "AUTH_HEADER", "form": "BODY", "query": "QUERY"}[place]


def session(**more):
    return OAuth1Session(
        key, client_secret=secret, signature_type=place, signature_method=method, **more
    )


asking = session(callback_uri="oob")
issued = asking.fetch_request_token(origin + "/oauth/request_token")
print(asking.authorization_url(origin + "/oauth/authorize"), flush=True)
changing = session(
    resource_owner_key=issued["oauth_token"],
    resource_owner_secret=issued["oauth_token_secret"],
    verifier=sys.stdin.readline().strip(),
)
granted = changing.fetch_access_token(origin + "/oauth/access_token")
signed = session(
    resource_owner_key=granted["oauth_token"], resource_owner_secret=granted["oauth_token_secret"]
)
if place == "BODY":
    reply = signed.post(origin + "/rest/echo/v1", data={"format": "json", "x": "é&=+% ~"})
else:
    reply = signed.get(origin + "/rest/echo/v1", params={"format": "json", "x": "é&=+% ~"})
reply.raise_for_status()
print(reply.text.replace("\n", " "), flush=True)
