"""Goals 4 and 5: one refresh, over HTTPS with the system's roots and into the keychain."""
from .home import own_name
from .peers import Ortie
from .process import Failed, found
from .report import compared
from .rounds import Rounds, sample_of
from .seed import grant


def over_https(stage):
    if stage.endpoint.https is None:
        stage.authority  # says why there is none
    place, curl, name = stage.file_over_https, found("curl"), own_name()
    place.seed.put(name, grant(stage.endpoint.ask("/family"), expired=True))
    ours = place.integ("refresh", name, "--force")
    bundle, address = stage.authority.bundle, f"{stage.endpoint.https}/token"

    def peer():
        argv = [curl, "-sSf", "--noproxy", "*", "--cacert", bundle, "-d", stage.endpoint.form(), address]
        return place.sample(argv)

    # The bundle must be what decides: without our authority in it the same command is refused.
    strict = dict(place.home.env)
    del strict["SSL_CERT_FILE"]
    place.home.env, with_bundle = strict, place.home.env
    if place.run(ours).code == 0:
        raise Failed("integ trusts a certificate that no root vouches for")
    place.home.env = with_bundle
    rounds = Rounds(stage.rounds(15), integ=lambda: place.sample(ours), peer=peer)
    what = f"refresh, HTTPS, {stage.authority.roots} roots"
    yield compared("4", what, rounds, "integ", "peer", "cpu", 0.35, "curl")


def into_the_keychain(stage):
    place, curl, name = stage.keychain, found("curl"), own_name()
    document = grant(stage.endpoint.ask("/family"), expired=True)
    ours, address = place.integ("token", name), f"{stage.endpoint.http}/token"
    tool, attributes = place.seed.secret_tool, place.seed.attributes(name)

    def renewed():
        place.seed.put(name, grant(stage.endpoint.ask("/family"), expired=True))
        stage.endpoint.count()
        sample = place.sample(ours)
        if stage.endpoint.count() != 1:
            raise Failed("`integ token` on an expired grant did not send one request")
        return sample

    ortie = stage.peer(Ortie, place)

    def peer():
        ortie.put(expired=True)
        stage.endpoint.count()
        sample = place.sample(ortie.show)
        if stage.endpoint.count() != 1:
            raise Failed("`ortie token show` on an expired token did not send one request")
        return sample

    def stand_in():
        """What ortie with secret-tool as its storage starts."""
        refresh = [curl, "-sSf", "--noproxy", "*", "-d", stage.endpoint.form(), address]
        read = place.run([tool, "lookup", *attributes])
        answer = place.run(refresh)
        store = place.run([tool, "store", "--label=peer", *attributes], stdin=read.out)
        return sample_of(read, answer, store)

    place.seed.put(name, document)
    rounds = Rounds(stage.rounds(15), integ=renewed, peer=peer if ortie else stand_in)
    what, against = "token, expired, keychain", "ortie with secret-tool"
    if not ortie:
        what, against = f"{what} (stand-in, ortie is not installed)", "secret-tool lookup + curl + store"
    yield compared("5", what, rounds, "integ", "peer", "cpu", 0.35, against)
    place.seed.clear(name)
