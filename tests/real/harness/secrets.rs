//! What must not turn up: every value a server handed out and every one a test planted, in the forms it could take.
use std::sync::Mutex;

use super::http;

#[derive(Default)]
pub(crate) struct Secrets {
    values: Mutex<Vec<String>>,
    servers: Mutex<Vec<String>>,
}

impl Secrets {
    pub(crate) fn plant(&self, value: &str) {
        let mut values = self.values.lock().unwrap();
        if !values.iter().any(|known| known == value) {
            values.push(value.to_owned());
        }
    }

    pub(crate) fn watch(&self, server: &str) {
        self.servers.lock().unwrap().push(server.to_owned());
    }

    /// Asks the servers again: the run that just ended may have been given new ones.
    pub(crate) fn learn(&self) {
        let servers = self.servers.lock().unwrap().clone();
        for server in servers {
            let Ok(answer) = http::get(&format!("{server}/_test/secrets")) else { continue };
            let fresh: Vec<String> = serde_json::from_str(&answer.body).unwrap();
            fresh.iter().for_each(|value| self.plant(value));
        }
    }

    /// The first secret found in `bytes`, whole, by half, in base64 or in hexadecimal.
    pub(crate) fn found_in(&self, bytes: &[u8]) -> Option<String> {
        let values = self.values.lock().unwrap();
        values.iter().find(|value| forms(value).iter().any(|form| contains(bytes, form.as_bytes()))).cloned()
    }
}

fn forms(value: &str) -> Vec<String> {
    let half = value.len().div_ceil(2).max(12).min(value.len());
    let base64 = base64(value.as_bytes());
    let hex: String = value.bytes().map(|byte| format!("{byte:02x}")).collect();
    let escaped: String =
        value
            .bytes()
            .map(|byte| {
                if byte.is_ascii_alphanumeric() {
                    char::from(byte).to_string()
                } else {
                    format!("%{byte:02X}")
                }
            })
            .collect();
    vec![value[..half].to_owned(), base64, hex, escaped]
}

/// Without the last group, which depends on what follows.
fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let group = |three: &[u8]| {
        let bits = u32::from(three[0]) << 16 | u32::from(three[1]) << 8 | u32::from(three[2]);
        [18, 12, 6, 0].map(|shift| char::from(DIGITS[(bits >> shift) as usize & 63]))
    };
    bytes.chunks_exact(3).flat_map(group).collect()
}

pub(crate) fn contains(bytes: &[u8], wanted: &[u8]) -> bool {
    !wanted.is_empty() && bytes.windows(wanted.len()).any(|window| window == wanted)
}
