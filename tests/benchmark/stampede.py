"""Goal 6: many processes find the same expired grant, and its refresh token works once."""
from .home import own_name
from .process import run_together
from .peers import Ortie
from .report import must, told
from .seed import grant

LATENCY_MS = 100


def burst(stage, place, crowd):
    """All at once: requests that reached the provider, who got a token that works afterwards, seconds."""
    stage.endpoint.count()
    wall, outcomes = run_together(crowd, place.home.env, place.home.scratch, limit=90)
    requests = stage.endpoint.count()
    served = sum(one.code == 0 and stage.endpoint.is_alive(one.out.decode().strip()) for one in outcomes)
    happened = f"{requests} request{'s'[:requests != 1]}, {served} served in {wall * 1000:.0f} ms"
    return requests, served, happened


def lives(holds):
    return "grant lives" if holds else "grant DEAD"


def stampede(stage, place, kind, processes):
    name = own_name(processes)
    place.seed.put(name, grant(stage.endpoint.ask("/family"), expired=True))
    requests, served, happened = burst(stage, place, [place.integ("token", name)] * processes)
    alive = place.run(place.integ("refresh", name, "--force")).code == 0
    place.seed.clear(name)
    what = f"{processes} at once, expired, rotating, {kind}"
    expected = f"1 request, {processes} served, grant lives"
    holds = requests == 1 and served == processes and alive
    return must("6", what, f"{happened}, {lives(alive)}", expected, holds)


def of_ortie(stage, place, processes):
    ortie = stage.peer(Ortie, place)
    if ortie:
        ortie.put(expired=True)
        _, _, happened = burst(stage, place, [ortie.show] * processes)
        alive = place.run([ortie.program, "-c", ortie.config, "token", "refresh"]).code == 0
        ortie.clear()
        yield told("6", f"{processes} at once, the same for ortie", "-", f"{happened}, {lives(alive)}", "-")


def measure(stage, place, kind):
    stage.endpoint.ask(f"/latency?ms={LATENCY_MS}")
    try:
        for processes in (20, 100):
            yield stampede(stage, place, kind, processes)
    finally:
        stage.endpoint.ask("/latency?ms=0")


def keychain(stage):
    yield from measure(stage, stage.keychain, "keychain")
    yield from of_ortie(stage, stage.keychain, 20)


def file_vault(stage):
    yield from measure(stage, stage.file, "file vault")
