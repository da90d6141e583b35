"""oauthlib's provider under Flask: the endpoints, and a validator that keeps all in memory.

Prints its port. oauthlib checks signatures, parameters and tokens; what is here stores and finds.
"""

import base64
import json
import pathlib
import secrets
import sys
import time

from cryptography.hazmat.primitives import serialization
from flask import Flask, Response, redirect, request
from oauthlib.oauth1 import RequestValidator, WebApplicationServer
from werkzeug.serving import make_server

KEY, SECRET = "interop-key", "interop secret&+%"
VECTORS = pathlib.Path(__file__).resolve().parents[4] / "tests" / "vectors" / "primitives.json"


def public_key():
    """The other half of the key that the client signs with."""
    der = json.loads(VECTORS.read_text())["rsa"]["private_key_pkcs8_der_base64"]
    key = serialization.load_der_private_key(base64.b64decode(der), None)
    return key.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    ).decode()


class Validator(RequestValidator):
    enforce_ssl = False
    client_key_length = request_token_length = access_token_length = (1, 100)
    verifier_length = nonce_length = (1, 100)
    dummy_client = dummy_request_token = dummy_access_token = "nobody"

    def __init__(self):
        super().__init__()
        self.request_tokens, self.access_tokens, self.nonces = {}, {}, set()
        self.rsa_key = public_key()

    @property
    def safe_characters(self):
        return super().safe_characters | set("-")

    def validate_client_key(self, client_key, request):
        return client_key == KEY

    def get_client_secret(self, client_key, request):
        return SECRET if client_key == KEY else "nothing"

    def get_rsa_key(self, client_key, request):
        return self.rsa_key

    def validate_timestamp_and_nonce(
        self, client_key, timestamp, nonce, request, request_token=None, access_token=None
    ):
        seen = (client_key, timestamp, nonce, request_token, access_token)
        fresh = abs(time.time() - int(timestamp)) < 300 and seen not in self.nonces
        self.nonces.add(seen)
        return fresh

    def validate_redirect_uri(self, client_key, redirect_uri, request):
        return redirect_uri == "oob" or redirect_uri.startswith("http://127.0.0.1")

    def validate_requested_realms(self, client_key, realms, request):
        return True

    def validate_realms(self, client_key, token, request, uri=None, realms=None):
        return True

    def get_default_realms(self, client_key, request):
        return []

    def get_realms(self, token, request):
        return []

    def save_request_token(self, token, request):
        # A secret that has to be encoded for the key.
        token["oauth_token_secret"] += "/+ &"
        self.request_tokens[token["oauth_token"]] = dict(
            token, callback=request.redirect_uri, verifier=None
        )

    def verify_request_token(self, token, request):
        return token in self.request_tokens

    def validate_request_token(self, client_key, token, request):
        return token in self.request_tokens

    def get_request_token_secret(self, client_key, token, request):
        return self.request_tokens.get(token, {}).get("oauth_token_secret", "nothing")

    def get_redirect_uri(self, token, request):
        return self.request_tokens[token]["callback"]

    def save_verifier(self, token, verifier, request):
        self.request_tokens[token]["verifier"] = verifier["oauth_verifier"]

    def validate_verifier(self, client_key, token, verifier, request):
        return verifier == self.request_tokens.get(token, {}).get("verifier")

    def invalidate_request_token(self, client_key, request_token, request):
        del self.request_tokens[request_token]

    def save_access_token(self, token, request):
        token["oauth_token_secret"] += "/+ &"
        self.access_tokens[token["oauth_token"]] = token["oauth_token_secret"]

    def validate_access_token(self, client_key, token, request):
        return token in self.access_tokens

    def get_access_token_secret(self, client_key, token, request):
        return self.access_tokens.get(token, "nothing")


app = Flask(__name__)
validator = Validator()
server = WebApplicationServer(validator)


def arrived():
    """The request as it came: Flask's own URL is decoded, which would change what is signed."""
    url = request.host_url.rstrip("/") + request.environ["RAW_URI"]
    return url, request.method, request.get_data(as_text=True), dict(request.headers)


@app.route("/oauth/request_token", methods=["GET", "POST"])
def request_token():
    headers, body, status = server.create_request_token_response(*arrived())
    return Response(body, status, headers)


@app.route("/oauth/authorize")
def authorize():
    token = request.args["oauth_token"]
    if request.args["answer"] != "allow":
        # oauthlib has nothing for a refusal: the user comes back with nothing.
        return redirect(validator.request_tokens[token]["callback"])
    url, method, body, headers = arrived()
    headers, body, status = server.create_authorization_response(url, method, body, headers, [])
    return Response(body, status, headers)


@app.route("/oauth/access_token", methods=["GET", "POST"])
def access_token():
    headers, body, status = server.create_access_token_response(
        *arrived(), credentials={"user_id": "ada"}
    )
    return Response(body, status, headers)


@app.route("/resource", methods=["GET", "POST"])
def resource():
    valid, _ = server.validate_protected_resource_request(*arrived())
    if not valid:
        return Response(status=401)
    pairs = [*request.args.items(multi=True), *request.form.items(multi=True)]
    return {"pairs": [pair for pair in pairs if not pair[0].startswith("oauth_")]}


if __name__ == "__main__":
    listening = make_server("127.0.0.1", 0, app, threaded=True)
    print(listening.port, flush=True)
    # Ends with whoever started it.
    import threading

    threading.Thread(target=listening.serve_forever, daemon=True).start()
    sys.stdin.read()
