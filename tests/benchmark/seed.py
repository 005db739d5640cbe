"""Puts grants where integ keeps them, with other people's tools: secret-tool and age."""
import json
import os
import re
import time

from .endpoint import CLIENT, NAME
from .process import found, run


def grant(tokens, expired):
    """The document of one connection; `expired` is an hour late."""
    now = int(time.time())
    return {
        "v": 1, "generation": 1, "provider": NAME, "access_token": tokens["access_token"], "token_type": "Bearer",
        "expires_at": now - 3600 if expired else now + 30 * 86400, "obtained_at": now - 7200,
        "refresh_token": tokens["refresh_token"], "refresh": "rotating", "client_id": CLIENT,
        "scopes": ["items.read", "items.write"], "capabilities": ["items"],
        "identity": {"id": "1042", "account": "ada@example.com", "workspace": "Example"},
        "verified": True, "connected_at": now - 7200,
    }


class KeychainSeed:
    def __init__(self, home, keyring):
        self.home, self.secret_tool = home, keyring.secret_tool

    def attributes(self, name):
        return ["service", "integ", "username", f"default/{name}"]

    def put(self, name, document):
        argv = [self.secret_tool, "store", f"--label=integ: default/{name}", *self.attributes(name)]
        run(argv, self.home.env, self.home.scratch, json.dumps(document).encode()).ok()

    def clear(self, name):
        run([self.secret_tool, "clear", *self.attributes(name)], self.home.env, self.home.scratch).ok()


class FileSeed:
    def __init__(self, home):
        self.home, self.age = home, found("age")
        key = os.path.join(home.env["XDG_CONFIG_HOME"], "integ", "vault.key")
        made = run([found("age-keygen"), "-o", key], home.env, home.scratch).ok()
        self.recipient = re.search(rb"age1\w+", made.err)[0].decode()
        os.chmod(key, 0o600)
        self.folder = home.folder("data/integ/vault")

    def path(self, name):
        return os.path.join(self.folder, f"default~{name}.age")

    def put(self, name, document):
        argv = [self.age, "--encrypt", "--recipient", self.recipient, "--output", self.path(name)]
        run(argv, self.home.env, self.home.scratch, json.dumps(document).encode()).ok()
        os.chmod(self.path(name), 0o600)

    def clear(self, name):
        os.unlink(self.path(name))
