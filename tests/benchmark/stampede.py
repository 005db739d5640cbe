"""Goal 6: many processes find the same expired grant, and its refresh token works once."""
from .home import own_name
from .process import run_together
from .report import must
from .seed import grant

LATENCY_MS = 100


def stampede(stage, place, kind, processes):
    endpoint, name = stage.endpoint, own_name(processes)
    place.seed.put(name, grant(endpoint.ask("/family"), expired=True))
    endpoint.count()
    crowd = [place.integ("token", name)] * processes
    wall, outcomes = run_together(crowd, place.home.env, place.home.scratch, limit=90)
    requests = endpoint.count()
    served = sum(one.code == 0 and endpoint.is_alive(one.out.decode().strip()) for one in outcomes)
    lives = place.run(place.integ("refresh", name, "--force")).code == 0
    place.seed.clear(name)
    told = f"{requests} request{'s'[:requests != 1]}, {served} served in {wall * 1000:.0f} ms"
    what = f"{processes} at once, expired, rotating, {kind}"
    expected = f"1 request, {processes} served, grant lives"
    return must("6", what, f"{told}, grant {'lives' if lives else 'DEAD'}", expected,
                requests == 1 and served == processes and lives)


def measure(stage, place, kind):
    stage.endpoint.ask(f"/latency?ms={LATENCY_MS}")
    try:
        for processes in (20, 100):
            yield stampede(stage, place, kind, processes)
    finally:
        stage.endpoint.ask("/latency?ms=0")


def keychain(stage):
    yield from measure(stage, stage.keychain, "keychain")


def file_vault(stage):
    yield from measure(stage, stage.file, "file vault")
