"""Goals 1, 2 and 3: a fresh token, one at a time and twenty at once."""
from .home import own_name
from .instructions import millions
from .memory import peak_mib
from .peers import Ortie, Pizauth
from .process import Failed, found, run_together
from .report import compared, counted, told
from .rounds import Rounds, Sample
from .seed import grant

AT_ONCE = 20


def seeded(stage, place):
    """A connection with a fresh token; integ prints exactly that token, or nothing here is worth measuring."""
    name, tokens = own_name(), stage.endpoint.ask("/family")
    place.seed.put(name, grant(tokens, expired=False))
    printed = place.run(place.integ("token", name)).ok().out.decode()
    if printed != tokens["access_token"] + "\n":
        raise Failed("`integ token` did not print the stored token")
    return name


def keychain(stage):
    place = stage.keychain
    name = seeded(stage, place)
    ours = place.integ("token", name)
    peer = [place.seed.secret_tool, "lookup", *place.seed.attributes(name)]
    start = [found("true")]
    ortie = stage.peer(Ortie, place)
    pizauth = stage.peer(Pizauth, place)
    sides = {"integ": ours, "peer": peer, "start": start}
    if ortie:
        ortie.put(expired=False)
        sides["ortie"] = ortie.show
    if pizauth:
        sides["pizauth"] = pizauth.show
    alone = Rounds(stage.rounds(41), **{side: lambda argv=argv: place.sample(argv) for side, argv in sides.items()})
    what, against = "token, fresh, keychain", "secret-tool"
    yield compared("1", what, alone, "integ", "peer", "cpu", 0.20, against)
    yield compared("1", what, alone, "integ", "peer", "wall", 0.25, against)
    yield told("1", "what starting any program costs: cpu", f"{alone.median('start', 'cpu') * 1000:.2f} ms true",
               f"{alone.median('peer', 'cpu') * 1000:.2f} ms {against}", f"{alone.ratio('start', 'peer', 'cpu'):.2f}")
    yield counted("1", f"{what}: peak memory", peak_mib(ours, place.home.env), "MiB", 6)
    if pizauth:
        yield compared("2", what, alone, "integ", "pizauth", "cpu", 2, "pizauth show (its daemon has the token)")
    else:
        yield compared("2", "stand-in, pizauth is not installed", alone, "integ", "peer", "cpu", 0.28, against)
    if ortie:
        times = [f"{alone.median(side, 'cpu') * 1000:.2f} ms" for side in ("integ", "ortie")]
        ratio = f"{alone.ratio('integ', 'ortie', 'cpu'):.2f}"
        yield told("2", f"{what}: cpu", times[0], f"{times[1]} ortie with secret-tool", ratio)
        ortie.clear()

    def crowd(argv):
        wall, outcomes = run_together([argv] * AT_ONCE, place.home.env, place.home.scratch)
        return Sample(wall, sum(outcome.ok().cpu for outcome in outcomes))

    together = Rounds(stage.rounds(7), integ=lambda: crowd(ours), peer=lambda: crowd(peer))
    yield compared("3", f"{AT_ONCE} at once", together, "integ", "peer", "wall", 0.35, f"{AT_ONCE} {against}")
    yield counted("1", f"{what}: instructions", millions(ours, place.home.env, place.home.scratch), "M", 3)
    place.seed.clear(name)


def file_vault(stage):
    place = stage.file
    name = seeded(stage, place)
    ours, floor = place.integ("token", name), [found("cat"), place.seed.path(name)]
    rounds = Rounds(stage.rounds(41), integ=lambda: place.sample(ours), floor=lambda: place.sample(floor))
    yield compared("1", "token, fresh, file vault", rounds, "integ", "floor", "cpu", 3, "cat")
    count = millions(ours, place.home.env, place.home.scratch)
    at_most = millions(floor, place.home.env, place.home.scratch)
    ratio = f"{count / at_most:.2f}"
    yield told("1", "token, fresh, file vault: instructions", f"{count:.2f} M", f"{at_most:.2f} M cat", ratio)
    place.seed.clear(name)
