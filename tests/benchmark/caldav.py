"""As much of a CalDAV server (RFC 4791) as vdirsyncer asks for: the list of etags, and events by their addresses."""
import re
from xml.sax.saxutils import escape

from .ics import document

HEAD = '<?xml version="1.0" encoding="utf-8"?><multistatus xmlns="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav">'
COLLECTION = "<resourcetype><collection/><C:calendar/></resourcetype>"


def entry(href, properties):
    return (f"<response><href>{href}</href><propstat><prop>{properties}</prop>"
            "<status>HTTP/1.1 200 OK</status></propstat></response>")


class Collection:
    """Everything is made before it is asked for."""

    def __init__(self, path, events):
        self.path, self.data, listed = path, {}, [entry(path, COLLECTION)]
        for event in events:
            href, etag = f"{path}{event['id']}.ics", f"<getetag>{escape(event['etag'])}</getetag>"
            listed.append(entry(href, f"{etag}<getcontenttype>text/calendar</getcontenttype><resourcetype/>"))
            data = f"<C:calendar-data>{escape(document(event))}</C:calendar-data>"
            self.data[href] = entry(href, etag + data)
        self.listed = self.whole(listed)

    def whole(self, responses):
        return (HEAD + "".join(responses) + "</multistatus>").encode()

    def answer(self, method, body):
        if method == "PROPFIND":
            return self.listed
        return self.whole(self.data[href] for href in re.findall("<href>(.*?)</href>", body) if href in self.data)
