//! CB5 to CB16, CB22, CB28, CB29: what a stranger on this machine, or a page in the same browser, can send to a sign-in
//! that waits. None of it may end the wait, get a page that says more than no, or be allowed anything.

/// Where a sign-in waits, and the one thing that only its own answer knows.
#[derive(Clone)]
pub(super) struct Place {
    /// `127.0.0.1:PORT`
    pub(super) host: String,
    pub(super) path: String,
    pub(super) state: String,
}

pub(super) struct Attack {
    pub(super) name: String,
    pub(super) bytes: Vec<u8>,
}

/// Stands in every attack that carries a code or a text: none of it may come back.
pub(super) const MARK: &str = "not-the-code";

impl Place {
    /// The target of a callback that would be right, but for the code.
    pub(super) fn target(&self) -> String {
        format!("{}?code={MARK}&state={}", self.path, self.state)
    }

    fn with(&self, method: &str, target: &str, headers: &str) -> Vec<u8> {
        let host = &self.host;
        format!("{method} {target} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n{headers}\r\n")
            .into_bytes()
    }

    fn get(&self, target: &str) -> Vec<u8> {
        self.with("GET", target, "")
    }

    pub(super) fn attacks(&self) -> Vec<Attack> {
        let groups =
            [self.places(), self.methods(), self.hosts(), self.answers(), self.pages(), self.garbage()];
        groups.into_iter().flatten().map(|(name, bytes)| Attack { name, bytes }).collect()
    }

    fn places(&self) -> Vec<(String, Vec<u8>)> {
        let query = self.target().split_once('?').unwrap().1.to_owned();
        let paths = [
            "/",
            "/favicon.ico",
            "/callback/",
            "/x/../callback",
            "/./callback",
            "/%63allback",
            "//callback",
            "/CALLBACK",
            "/callback;a=b",
            "/callback%3f",
            "*",
            "callback",
        ];
        let mut all: Vec<_> =
            paths.iter().map(|path| (format!("path {path}"), self.get(&format!("{path}?{query}")))).collect();
        all.push(("absolute form".into(), self.get(&format!("http://{}{}", self.host, self.target()))));
        all.push((
            "absolute form, elsewhere".into(),
            self.get(&format!("http://evil.invalid{}", self.target())),
        ));
        all.push(("a fragment".into(), self.get(&format!("{}#x", self.target()))));
        all
    }

    fn methods(&self) -> Vec<(String, Vec<u8>)> {
        let methods =
            ["POST", "HEAD", "PUT", "DELETE", "OPTIONS", "TRACE", "PATCH", "get", "CONNECT", "GETX"];
        let empty = "Content-Length: 0\r\n";
        let mut all: Vec<_> = methods
            .iter()
            .map(|method| (format!("method {method}"), self.with(method, &self.target(), empty)))
            .collect();
        let preflight = "Origin: https://evil.invalid\r\nAccess-Control-Request-Method: GET\r\n";
        let private = format!("{preflight}Access-Control-Request-Private-Network: true\r\n");
        all.push(("a preflight".into(), self.with("OPTIONS", &self.path, preflight)));
        all.push(("a private network preflight".into(), self.with("OPTIONS", &self.path, &private)));
        let body = [self.with("GET", &self.target(), "Content-Length: 3\r\n"), b"x=1".to_vec()].concat();
        all.push(("a body".into(), body));
        let form = format!("code={MARK}&state={}", self.state);
        let typed =
            format!("Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n", form.len());
        all.push(("a form".into(), [self.with("POST", &self.path, &typed), form.into_bytes()].concat()));
        all
    }

    fn hosts(&self) -> Vec<(String, Vec<u8>)> {
        let host = &self.host;
        let port = host.rsplit(':').next().unwrap();
        let other = if port == "1" { "2" } else { "1" };
        let headers = [
            "Host: evil.invalid\r\n".to_owned(),
            String::new(),
            "Host:\r\n".to_owned(),
            format!("Host: {host}\r\nHost: {host}\r\n"),
            format!("Host: {host}\r\nHost: evil.invalid\r\n"),
            format!("Host: 127.0.0.1:{other}\r\n"),
            "Host: 127.0.0.1\r\n".to_owned(),
            format!("Host: {host}.evil.invalid\r\n"),
            format!("Host: evil.{host}\r\n"),
            format!("Host: evil.invalid:{port}\r\n"),
            format!("Host: x@{host}\r\n"),
        ];
        let ask = |header: &String| {
            let text = format!("GET {} HTTP/1.1\r\nConnection: close\r\n{header}\r\n", self.target());
            (format!("host {header:?}"), text.into_bytes())
        };
        headers.iter().map(ask).collect()
    }

    /// CB10 to CB16: without the right state, once, and one code.
    fn answers(&self) -> Vec<(String, Vec<u8>)> {
        let state = &self.state;
        let swap = |c: char| if c.is_lowercase() { c.to_ascii_uppercase() } else { c.to_ascii_lowercase() };
        let swapped: String = state.chars().map(swap).collect();
        let queries = [
            format!("code={MARK}&state=wrong"),
            format!("code={MARK}"),
            format!("code={MARK}&state="),
            format!("code={MARK}&state={}", &state[..state.len() - 1]),
            format!("code={MARK}&state={state}A"),
            format!("code={MARK}&state={swapped}"),
            format!("code={MARK}&state={state}&state=wrong"),
            format!("code={MARK}&state=wrong&state={state}"),
            format!("code={MARK}&state={state}&state={state}"),
            format!("code={MARK}&state={state}%00"),
            format!("code={MARK}&state=%20{state}"),
            format!("code={MARK}&State={state}"),
            format!("code={MARK};state={state}"),
            format!("error={MARK}"),
            format!("error={MARK}&state=wrong"),
            format!("error={MARK}&state="),
            format!("error=x&error_description=%3Cscript%3Ealert({MARK})%3C/script%3E&state=wrong"),
            format!("error=x&error_description=%1b[31m{MARK}&state=wrong"),
            format!("state={state}"),
            format!("code=&state={state}"),
            format!("code={MARK}&code=y&state={state}"),
            format!("code={MARK}&error=access_denied&state={state}"),
            format!("code={}&state={state}", MARK.repeat(500)),
            format!("code={MARK}%0d%0aX-Injected:1&state={state}"),
            format!("code={MARK}%zz&state={state}"),
            String::new(),
        ];
        queries
            .iter()
            .map(|query| {
                (
                    format!("query {}", &query[..query.len().min(80)]),
                    self.get(&format!("{}?{query}", self.path)),
                )
            })
            .collect()
    }

    /// CB28: a page that embeds the address, and a browser that looks ahead. Even with the right state: it is no tab.
    fn pages(&self) -> Vec<(String, Vec<u8>)> {
        let mut headers: Vec<String> = ["image", "script", "iframe", "style", "empty", "worker"]
            .iter()
            .map(|kind| format!("Sec-Fetch-Site: cross-site\r\nSec-Fetch-Dest: {kind}\r\n"))
            .collect();
        headers.extend(["cors", "no-cors", "websocket"].map(|mode| format!("Sec-Fetch-Mode: {mode}\r\n")));
        headers.extend(
            ["Sec-Purpose: prefetch;prerender", "Purpose: prefetch", "X-Purpose: preview", "X-Moz: prefetch"]
                .map(|header| format!("{header}\r\n")),
        );
        headers
            .iter()
            .map(|header| (header.trim().to_owned(), self.with("GET", &self.target(), header)))
            .collect()
    }

    /// CB22: bytes that are no request.
    fn garbage(&self) -> Vec<(String, Vec<u8>)> {
        let Place { host, path, state } = self;
        let many: String = (0..100_000).map(|n| format!("p{n}=1&")).collect();
        let flood: String = (0..20_000).map(|n| format!("X-{n}: {n}\r\n")).collect();
        let long = vec![b'a'; 8 << 20];
        let smuggled = format!(
            "POST {path} HTTP/1.1\r\nHost: {host}\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET \
             {path}?code={MARK}&state=wrong HTTP/1.1\r\n\r\n"
        );
        let latin = [
            b"GET ",
            path.as_bytes(),
            b"?code=\xff\xfe&state=\xc0 HTTP/1.1\r\nHost: ",
            host.as_bytes(),
            b"\r\n\r\n",
        ]
        .concat();
        let chunked = "Transfer-Encoding: chunked\r\n";
        let all: Vec<(&str, Vec<u8>)> = vec![
            ("nothing", Vec::new()),
            ("one byte", b"G".to_vec()),
            ("a long request line", [b"GET /", long.as_slice(), b" HTTP/1.1\r\n\r\n"].concat()),
            ("long headers", [b"GET / HTTP/1.1\r\nX: ", long.as_slice(), b"\r\n\r\n"].concat()),
            ("many headers", self.with("GET", &self.target(), &flood)),
            ("many parameters", self.get(&format!("{path}?{many}code={MARK}&state=wrong"))),
            ("NUL", self.get(&format!("{path}?code=\0{MARK}&state={state}"))),
            ("a space in the target", self.get(&format!("{path}?code={MARK} &state={state}"))),
            ("a bad percent", self.get(&format!("{path}?code=%zz&state=%"))),
            ("invalid UTF-8", latin),
            ("a TLS hello", vec![0x16, 3, 1, 0, 5, 1, 0, 0, 1, 0, 0, 0]),
            ("garbage", (0..=255_u8).cycle().take(4096).chain(*b"\r\n\r\n").collect()),
            ("HTTP/0.9", format!("GET {path}?code={MARK}&state={state}\r\n\r\n").into_bytes()),
            ("HTTP/2", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".to_vec()),
            ("HTTP/9", format!("GET {} HTTP/9.9\r\nHost: {host}\r\n\r\n", self.target()).into_bytes()),
            ("bare line feeds", format!("GET {} HTTP/1.1\nHost: {host}\n\n", self.target()).into_bytes()),
            ("a folded header", self.with("GET", &self.target(), "X: a\r\n b\r\n")),
            ("no colon", self.with("GET", &self.target(), "nonsense\r\n")),
            ("chunked", [self.with("GET", &self.target(), chunked), b"0\r\n\r\n".to_vec()].concat()),
            ("two lengths", smuggled.into_bytes()),
        ];
        all.into_iter().map(|(name, bytes)| (name.to_owned(), bytes)).collect()
    }
}
