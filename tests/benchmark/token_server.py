"""A token endpoint on this machine: every refresh rotates, and a refresh token shown twice ends its family (RFC 9700,
4.14.2). Started as a program of its own, so that its work is not on our processor time; prints its ports as JSON.

POST /token    grant_type=refresh_token, or authorization_code with any code
GET  /family   a new grant                  GET /latency?ms=N   every answer leaves N ms after its decision
GET  /count    token requests, forgotten    GET /alive?access_token=X
"""
import json
import secrets
import socket
import ssl
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, urlsplit


class Provider:
    """Families of tokens. The lock makes each decision one step, as a database would."""

    def __init__(self):
        self.lock = threading.Lock()
        self.refresh_tokens = {}
        self.access_tokens = {}
        self.ended = set()
        self.requests = 0
        self.latency = 0.0

    def grant(self, family):
        refresh, access = secrets.token_urlsafe(72), secrets.token_urlsafe(135)
        self.refresh_tokens[refresh] = [family, False]
        self.access_tokens[access] = family
        return {"access_token": access, "token_type": "Bearer", "expires_in": 3600, "refresh_token": refresh}

    def begin(self):
        with self.lock:
            return self.grant(secrets.token_hex(8))

    def token(self, form):
        if form.get("grant_type") == "authorization_code":
            return 200, self.begin()
        return self.refresh(form)

    def refresh(self, form):
        with self.lock:
            self.requests += 1
            known = self.refresh_tokens.get(form.get("refresh_token"))
            if form.get("grant_type") != "refresh_token" or known is None:
                return 400, {"error": "invalid_grant"}
            family, spent = known
            if spent:
                self.ended.add(family)
            if family in self.ended:
                return 400, {"error": "invalid_grant", "error_description": "this refresh token was used before"}
            known[1] = True
            return 200, self.grant(family)

    def count(self):
        with self.lock:
            count, self.requests = self.requests, 0
            return {"requests": count}

    def alive(self, access):
        with self.lock:
            family = self.access_tokens.get(access)
            return {"alive": family is not None and family not in self.ended}


class Desk(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = 30
    disable_nagle_algorithm = True
    wbufsize = -1
    provider = Provider()

    def log_message(self, *_):
        pass

    def answer(self, status, document):
        body = json.dumps(document).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        status, document = self.provider.token(dict(parse_qsl(body.decode())))
        if self.provider.latency:
            time.sleep(self.provider.latency)
        self.answer(status, document)

    def do_GET(self):
        address = urlsplit(self.path)
        query = dict(parse_qsl(address.query))
        if address.path == "/family":
            return self.answer(200, self.provider.begin())
        if address.path == "/count":
            return self.answer(200, self.provider.count())
        if address.path == "/alive":
            return self.answer(200, self.provider.alive(query.get("access_token")))
        if address.path == "/latency":
            self.provider.latency = int(query["ms"]) / 1000
            return self.answer(200, {})
        return self.answer(404, {"error": "not_found"})


class Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 512

    def __init__(self, address, tls=None):
        self.tls = tls
        self.address_family = socket.AF_INET6 if ":" in address[0] else socket.AF_INET
        super().__init__(address, Desk)

    def get_request(self):
        connection, peer = super().get_request()
        if self.tls is not None:
            # The handshake is the handler's: nobody waits in line for somebody else's.
            connection = self.tls.wrap_socket(connection, server_side=True, do_handshake_on_connect=False)
        return connection, peer

    def handle_error(self, *_):
        pass


def serve(certificate=None, key=None):
    servers = [Server(("127.0.0.1", 0))]
    ports = {"http": servers[0].server_port}
    if certificate is not None:
        tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        tls.load_cert_chain(certificate, key)
        servers.append(Server(("127.0.0.1", 0), tls))
        ports["https"] = servers[1].server_port
        try:  # `localhost` may mean either
            servers.append(Server(("::1", ports["https"]), tls))
        except OSError:
            pass
    for server in servers:
        threading.Thread(target=server.serve_forever, daemon=True).start()
    print(json.dumps(ports), flush=True)
    sys.stdin.read()  # whoever started us holds the other end: when it goes, so do we


if __name__ == "__main__":
    serve(*sys.argv[1:])
