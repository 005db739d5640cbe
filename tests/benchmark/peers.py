"""The peers that can be installed, each set up as its own documentation says and doing the same work as integ here."""
import json
import os
import re
import time
import urllib.parse
import urllib.request
from contextlib import suppress

from .endpoint import CLIENT
from .process import Failed, Running, found

ACCOUNT = "bench"


class Ortie:
    """Keeps no tokens itself: its storage is `secret-tool`, as its sample configuration has it for GNOME."""

    def __init__(self, place, endpoint):
        self.place, self.endpoint, self.program = place, endpoint, found("ortie")
        tool = place.seed.secret_tool
        self.attributes = ["application", "ortie", "account", f"bench-{os.getpid()}"]
        self.tool = tool
        self.config = os.path.join(place.home.scratch, "ortie.toml")
        read, write = ([tool, "lookup", *self.attributes], [tool, "store", "--label=ortie", *self.attributes])
        with open(self.config, "w", encoding="utf-8") as file:
            file.write(
                f'[accounts.{ACCOUNT}]\ndefault = true\nclient-id = "{CLIENT}"\nauto-refresh = true\n'
                f'endpoints.authorization = "{endpoint.http}/authorize"\nendpoints.token = "{endpoint.http}/token"\n'
                f"storage.read.command = {json.dumps(read)}\nstorage.write.command = {json.dumps(write)}\n"
            )
        self.show = [self.program, "-c", self.config, "token", "show"]

    def put(self, expired):
        now = int(time.time())
        tokens = {**self.endpoint.ask("/family"), "issued_at": now - 7200 if expired else now}
        stored = json.dumps(tokens).encode()
        self.place.run([self.tool, "store", "--label=ortie", *self.attributes], stdin=stored).ok()
        return tokens

    def clear(self):
        self.place.run([self.tool, "clear", *self.attributes])


class Pizauth:
    """A daemon that has the token in its memory. It is signed in as a browser would do it."""

    def __init__(self, place, endpoint):
        self.place, self.program = place, found("pizauth")
        # Where its socket is: `place.sample(self.show)` finds it there.
        place.home.env["XDG_CACHE_HOME"] = place.home.folder("cache")
        config = os.path.join(place.home.scratch, "pizauth.conf")
        with open(config, "w", encoding="utf-8") as file:
            file.write(
                f'https_listen = none;\naccount "{ACCOUNT}" {{\n  auth_uri = "{endpoint.http}/authorize";\n'
                f'  token_uri = "{endpoint.http}/token";\n  client_id = "{CLIENT}";\n}}\n'
            )
        self.show = [self.program, "show", ACCOUNT]
        self.daemon = Running([self.program, "server", "-d", "-c", config], place.home.env, place.home.scratch)
        try:
            self._sign_in()
        except BaseException:
            self.stop()
            raise

    def _sign_in(self):
        until = time.monotonic() + 10
        while time.monotonic() < until:
            asked = self.place.run(self.show)
            if asked.code == 0:
                return
            address = re.search(rb"https?://\S+", asked.err + asked.out)
            if address:
                self._consent(address[0].decode().rstrip('."'))
            time.sleep(0.1)
        raise Failed("pizauth could not be signed in")

    def _consent(self, address):
        query = dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(address).query))
        answer = urllib.parse.urlencode({"state": query["state"], "code": "any"})
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        opener.open(f"{query['redirect_uri']}?{answer}", timeout=10).read()

    def stop(self):
        self.place.run([self.program, "shutdown"])
        with suppress(Failed):  # it was killed then
            self.daemon.finish(10)
