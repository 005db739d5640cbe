"""Goal 7: every account at once, where a person would write a loop around curl."""
from .home import own_name
from .process import found
from .report import compared
from .rounds import Rounds, sample_of
from .seed import grant

ACCOUNTS = 20
LATENCY_MS = 100


def measure(stage, place, kind):
    endpoint, curl = stage.endpoint, found("curl")
    names = [own_name(number) for number in range(ACCOUNTS)]
    for name in names:
        place.seed.put(name, grant(endpoint.ask("/family"), expired=True))

    def one_by_one():
        forms = [endpoint.form() for _ in names]
        send = [curl, "-sSf", "--noproxy", "*", "-d"]
        return sample_of(*(place.run([*send, form, f"{endpoint.http}/token"]) for form in forms))

    ours = place.integ("refresh", "--all", "--force")
    endpoint.ask(f"/latency?ms={LATENCY_MS}")
    try:
        rounds = Rounds(stage.rounds(4), integ=lambda: place.sample(ours), peer=one_by_one)
    finally:
        endpoint.ask("/latency?ms=0")
        for name in names:
            place.seed.clear(name)
    what, against = f"refresh --all, {ACCOUNTS} accounts, {kind}", f"{ACCOUNTS} × curl"
    yield compared("7", what, rounds, "integ", "peer", "wall", 0.55, against)
    yield compared("7", what, rounds, "integ", "peer", "cpu", 0.30, against)


def keychain(stage):
    yield from measure(stage, stage.keychain, "keychain")


def file_vault(stage):
    yield from measure(stage, stage.file, "file vault")
