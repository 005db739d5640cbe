"""A sealed home: nothing of the person's environment, one kind of vault, removed at the end."""
import glob
import os
import pwd
import shutil
import tempfile


class Home:
    """`kind` is recorded in the config as `connect` does it: a config to read belongs to the hot path."""

    def __init__(self, integ, kind, extra=None):
        self.integ = integ
        self.kind = kind
        self.root = tempfile.mkdtemp(prefix="integ-bench-")
        self.scratch = self.folder("scratch")
        self.env = {
            "PATH": os.environ.get("PATH", "/usr/bin:/bin"),
            "HOME": self.folder("home"),
            "XDG_CONFIG_HOME": self.folder("config"),
            "XDG_DATA_HOME": self.folder("data"),
            "XDG_RUNTIME_DIR": self.folder("runtime"),
            "LANG": "C.UTF-8",
            **(extra or {}),
        }
        config = os.path.join(self.folder("config/integ"), "config.toml")
        with open(config, "w", encoding="utf-8") as file:
            file.write(f'[vault]\nkind = "{kind}"\n')

    def folder(self, name):
        path = os.path.join(self.root, name)
        os.makedirs(path, mode=0o700, exist_ok=True)
        return path

    def remove(self):
        shutil.rmtree(self.root, ignore_errors=True)


def own_name(number=0):
    """A connection that no person has: the keychain's locks are shared with the account's real ones."""
    return f"bench-{os.getpid()}-{number}"


def remove_own_locks():
    locks = os.path.join(pwd.getpwuid(os.geteuid()).pw_dir, ".local", "state", "integ-locks")
    for path in glob.glob(os.path.join(glob.escape(locks), f"default~bench-{os.getpid()}-*.lock")):
        os.unlink(path)
