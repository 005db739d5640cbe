//! A Node.js server for one test: started on a free port, asked and steered through `/_test/`, ended with the test.
use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use serde_json::Value;

use super::http;
use super::need::{node, real_dir, servers_dir};

pub(crate) struct Server {
    child: Child,
    pub(crate) url: String,
}

impl Server {
    pub(crate) fn start(script: &str, args: &[&str], env: &[(&str, &str)]) -> Self {
        let mut child = Command::new(node())
            .arg(servers_dir().join(script))
            .args(args)
            .env_clear()
            .env("INTEG_REAL_DIR", real_dir())
            .envs(env.iter().copied())
            .stdin(Stdio::piped()) // it ends when this closes
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let ready = lines.find_map(|line| line.unwrap().strip_prefix("READY ").map(str::to_owned));
        let mut errors = child.stderr.take().unwrap();
        let Some(url) = ready else {
            let why = std::io::read_to_string(errors).unwrap_or_default();
            panic!("{script} did not start: {why}");
        };
        // Nobody reads on, and nobody may block.
        std::thread::spawn(move || lines.for_each(drop));
        std::thread::spawn(move || std::io::copy(&mut errors, &mut std::io::sink()));
        Self { child, url }
    }

    pub(crate) fn tell(&self, name: &str, what: &Value) -> Value {
        let answer = http::post(&format!("{}/_test/{name}", self.url), &what.to_string()).unwrap();
        assert_eq!(answer.status, 200, "{name}: {}", answer.body);
        serde_json::from_str(&answer.body).unwrap()
    }

    pub(crate) fn events(&self) -> Vec<Value> {
        let answer = http::get(&format!("{}/_test/events", self.url)).unwrap();
        serde_json::from_str(&answer.body).unwrap()
    }

    /// How many requests with this method and path have arrived.
    pub(crate) fn requests(&self, method: &str, path: &str) -> usize {
        let is =
            |event: &&Value| event["type"] == "request" && event["method"] == method && event["path"] == path;
        self.events().iter().filter(is).count()
    }

    pub(crate) fn noted(&self, kind: &str) -> usize {
        self.events().iter().filter(|event| event["type"] == kind).count()
    }
}

/// Asked to end first: it may have a child of its own.
impl Drop for Server {
    fn drop(&mut self) {
        drop(self.child.stdin.take());
        for _ in 0..200 {
            if matches!(self.child.try_wait(), Ok(Some(_))) {
                return;
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
