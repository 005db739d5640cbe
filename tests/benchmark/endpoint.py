"""The token endpoint as the benchmark talks to it, and what both sides of a comparison send to it."""
import json
import os
import select
import subprocess
import sys
import urllib.request

from . import token_server
from .process import Failed

NAME = "bench"
CLIENT = "benchmark"

PROVIDER_FILE = """title = "Benchmark"
authorize-url = "{base}/authorize"
token-url = "{base}/token"
api-url = "{base}"
client-id = "{client}"
client-auth = "none"
refresh = "rotating"
"""


class Endpoint:
    def __init__(self, authority=None):
        files = [] if authority is None else [authority.certificate, authority.key]
        self.program = subprocess.Popen(
            [sys.executable, "-B", token_server.__file__, *files],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
        )
        ready, _, _ = select.select([self.program.stdout], [], [], 20)
        line = self.program.stdout.readline() if ready else b""
        if not line:
            self.stop()
            raise Failed("the token endpoint did not start")
        ports = json.loads(line)
        self.http = f"http://127.0.0.1:{ports['http']}"
        self.https = f"https://localhost:{ports['https']}" if "https" in ports else None

    def stop(self):
        self.program.stdin.close()
        try:
            self.program.wait(5)
        except subprocess.TimeoutExpired:
            self.program.kill()
            self.program.wait()

    def ask(self, path):
        with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(self.http + path, timeout=20) as answer:
            return json.load(answer)

    def count(self):
        return self.ask("/count")["requests"]

    def is_alive(self, access_token):
        return self.ask(f"/alive?access_token={access_token}")["alive"]

    def known_to(self, home, base):
        """The provider file that leads here."""
        folder = os.path.join(home.env["XDG_CONFIG_HOME"], "integ", "providers")
        os.makedirs(folder, mode=0o700, exist_ok=True)
        with open(os.path.join(folder, f"{NAME}.toml"), "w", encoding="utf-8") as file:
            file.write(PROVIDER_FILE.format(base=base, client=CLIENT))

    def form(self):
        """What curl posts: a refresh token of a new family."""
        token = self.ask("/family")["refresh_token"]
        return f"grant_type=refresh_token&refresh_token={token}&client_id={CLIENT}"
