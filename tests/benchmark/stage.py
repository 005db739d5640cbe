"""What the goals are measured on: homes, keychain, token endpoint; set up at first use, ended together."""
from contextlib import ExitStack
from functools import cached_property

from .authority import Authority
from .endpoint import Endpoint
from .home import Home, remove_own_locks
from .keyring import Keyring
from .process import Failed, run
from .rounds import sample_of
from .seed import FileSeed, KeychainSeed


class Place:
    """A home with one kind of vault, and what can be done in it."""

    def __init__(self, home, seed):
        self.home, self.seed = home, seed

    def integ(self, *arguments):
        return [self.home.integ, *arguments]

    def run(self, argv, stdin=None):
        return run(argv, self.home.env, self.home.scratch, stdin)

    def sample(self, *argvs):
        return sample_of(*(self.run(argv) for argv in argvs))


class Stage:
    def __init__(self, integ, quick):
        self.binary, self.quick = integ, quick
        self.exits = ExitStack()
        self.keyring = self._keychain = None

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.exits.close()

    def rounds(self, count):
        return max(3, count // 2) if self.quick else count

    def _home(self, kind, extra=None):
        home = Home(self.binary, kind, extra)
        self.exits.callback(home.remove)
        return home

    def peer(self, kind, place):
        """The peer, or `None` where it is not installed; ended with everything else."""
        try:
            peer = kind(place, self.endpoint)
        except Failed:
            return None
        if hasattr(peer, "stop"):
            self.exits.callback(peer.stop)
        return peer

    @property
    def keychain(self):
        """gnome-keyring has been seen to fall over; the next goal gets a new one."""
        if self.keyring is None or not self.keyring.is_alive():
            home = self._home("keychain")
            self.keyring = Keyring(home)
            self.exits.callback(self.keyring.stop)
            self.exits.callback(remove_own_locks)
            self.endpoint.known_to(home, self.endpoint.http)
            self._keychain = Place(home, KeychainSeed(home, self.keyring))
        return self._keychain

    @cached_property
    def file(self):
        home = self._home("file")
        self.endpoint.known_to(home, self.endpoint.http)
        return Place(home, FileSeed(home))

    def another_file(self):
        """A home of its own, for what must not meet what others left."""
        home = self._home("file")
        return Place(home, FileSeed(home))

    @cached_property
    def file_over_https(self):
        home = self._home("file", {"SSL_CERT_FILE": self.authority.bundle})
        self.endpoint.known_to(home, self.endpoint.https)
        return Place(home, FileSeed(home))

    @cached_property
    def plain(self):
        """For what opens no vault."""
        return Place(self._home("file"), None)

    @cached_property
    def authority(self):
        return Authority(self._home("file"))

    @cached_property
    def endpoint(self):
        try:
            endpoint = Endpoint(self.authority)
        except Exception:
            endpoint = Endpoint()  # without openssl everything but https can still be measured
        self.exits.callback(endpoint.stop)
        return endpoint
