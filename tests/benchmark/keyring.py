"""A real keychain of our own: gnome-keyring, unlocked, on a private D-Bus that can start nothing else."""
import os
import subprocess
import time

from .process import Failed, found, run

BUS = """<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>unix:path={socket}</listen>
  <auth>EXTERNAL</auth>
  <policy context="default"><allow send_destination="*"/><allow receive_sender="*"/><allow own="*"/></policy>
</busconfig>
"""


class Keyring:
    def __init__(self, home):
        self.programs = []
        self.secret_tool = found("secret-tool")
        bus, daemon = found("dbus-daemon"), found("gnome-keyring-daemon")
        runtime = home.env["XDG_RUNTIME_DIR"]
        socket, config = os.path.join(runtime, "bus"), os.path.join(runtime, "bus.conf")
        with open(config, "w", encoding="utf-8") as file:
            file.write(BUS.format(socket=socket))
        home.env["DBUS_SESSION_BUS_ADDRESS"] = f"unix:path={socket}"
        try:
            self._start([bus, f"--config-file={config}", "--nofork", "--nopidfile"], home.env)
            self._until("the bus", lambda: os.path.exists(socket))
            control = f"--control-directory={runtime}/keyring"
            start = [daemon, "--foreground", "--unlock", "--components=secrets", control]
            self._start(start, home.env).stdin.write(b"benchmark")
            self.programs[-1].stdin.close()
            probe = [self.secret_tool, "lookup", "probe", "probe"]
            store = [self.secret_tool, "store", "--label=probe", "probe", "probe"]
            self._until("the keyring", lambda: run(store, home.env, home.scratch, b"here", limit=20).code == 0)
            self._until("the keyring", lambda: run(probe, home.env, home.scratch, limit=20).out == b"here")
        except BaseException:
            self.stop()
            raise

    def _start(self, argv, env):
        program = subprocess.Popen(
            argv, env=env, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        self.programs.append(program)
        return program

    def _until(self, what, holds):
        until = time.monotonic() + 20
        while not holds():
            if time.monotonic() > until or any(program.poll() is not None for program in self.programs):
                raise Failed(f"{what} did not start")
            time.sleep(0.05)

    def is_alive(self):
        return all(program.poll() is None for program in self.programs)

    def stop(self):
        for program in reversed(self.programs):
            program.terminate()
            try:
                program.wait(5)
            except subprocess.TimeoutExpired:
                program.kill()
                program.wait()
