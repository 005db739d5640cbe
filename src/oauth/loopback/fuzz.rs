//! Whatever knocks: what ends the wait is a whole request for this very sign-in, judged again by its bytes.

use url::form_urlencoded;

use super::Answer;
use super::head::whole;
use super::judge::{Place, judge};
use crate::output::sanitise;

const STATE: &str = "kZ4x_Qb-7Yt2mWJd0aRsUeVhLc9pNoXgFi3TlBMqE5w";
const AUTHORITY: &str = "127.0.0.1:4711";

pub(crate) fn callback(data: &[u8]) {
    let place = Place { authority: AUTHORITY.into(), path: "/callback".into() };
    let Some(head) = whole(data) else { return };
    assert!(judge(&head, &place, "another-state").is_err(), "one state, one sign-in");
    let Ok(response) = judge(&head, &place, STATE) else { return };

    let end = data.windows(4).position(|four| four == b"\r\n\r\n").unwrap();
    let text = String::from_utf8_lossy(&data[..end]);
    let (line, fields) = text.split_once("\r\n").unwrap();
    let query = line.strip_prefix("GET /callback?").unwrap().split_once(" HTTP/1.").unwrap().0;
    assert!(!query.contains(['#', ' ', '\u{fffd}']));
    let hosts: Vec<&str> =
        fields.split("\r\n").filter(|field| field.to_ascii_lowercase().starts_with("host:")).collect();
    assert_eq!(hosts.iter().map(|host| host[5..].trim()).collect::<Vec<_>>(), [AUTHORITY]);

    let parameters: Vec<(String, String)> = form_urlencoded::parse(query.as_bytes()).into_owned().collect();
    let all = |name: &str| -> Vec<&str> {
        parameters.iter().filter(|(key, _)| key == name).map(|(_, value)| value.as_str()).collect()
    };
    assert_eq!(all("state"), [STATE]);
    assert_eq!(all("iss"), response.iss);
    match response.answer {
        Answer::Code(code) => {
            assert_eq!((all("code"), all("error").len()), (vec![code.expose()], 0));
            assert!(code.expose().bytes().all(|byte| byte.is_ascii_graphic()));
        }
        Answer::Refused { error, description } => {
            assert_eq!((all("code").len(), all("error").len()), (0, 1));
            for words in [Some(error), description].into_iter().flatten() {
                assert_eq!(sanitise::excerpt(&words), words);
            }
        }
    }
}
