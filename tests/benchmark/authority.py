"""An authority of our own and a certificate for `localhost`, and the system's roots with it in one bundle."""
import os

from .process import Failed, found, run

BUNDLES = ("/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/cert.pem")
NEW_KEY = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]


class Authority:
    def __init__(self, home):
        roots = next((path for path in BUNDLES if os.path.isfile(path)), None)
        if roots is None:
            raise Failed("the system has no bundle of roots")
        openssl, place = found("openssl"), home.folder("authority")
        at = lambda name: os.path.join(place, name)
        self.certificate, self.key, self.bundle = at("server.crt"), at("server.key"), at("bundle.crt")
        steps = [
            ["req", "-x509", *NEW_KEY, "-days", "2", "-subj", "/CN=integ benchmark", "-keyout", at("ca.key"),
             "-out", at("ca.crt"), "-addext", "keyUsage=critical,keyCertSign"],
            ["req", *NEW_KEY, "-subj", "/CN=localhost", "-keyout", self.key, "-out", at("server.csr")],
            ["x509", "-req", "-in", at("server.csr"), "-CA", at("ca.crt"), "-CAkey", at("ca.key"), "-days", "2",
             "-CAcreateserial", "-extfile", at("names"), "-out", self.certificate],
        ]
        with open(at("names"), "w", encoding="ascii") as file:
            file.write("subjectAltName=DNS:localhost,IP:127.0.0.1\nextendedKeyUsage=serverAuth\n")
        for step in steps:
            run([openssl, *step], home.env, home.scratch).ok()
        with open(self.bundle, "wb") as bundle:
            for source in (roots, at("ca.crt")):
                with open(source, "rb") as file:
                    bundle.write(file.read())
        with open(self.bundle, "rb") as file:
            self.roots = file.read().count(b"BEGIN CERTIFICATE")
