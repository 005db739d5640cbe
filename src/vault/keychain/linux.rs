//! The Secret Service (GNOME Keyring, KWallet, KeePassXC), over a plain session with a time limit.

use std::cell::{OnceCell, RefCell};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use super::Reach;
use crate::vault::secret_service::{KeychainError, SecretService};
use crate::vault::{Bytes, Listed, Reservation, Store, VaultError};

const SERVICE: (&str, &str) = ("service", "integ");
/// Between two questions to a service that is starting.
const PAUSE: Duration = Duration::from_millis(50);

pub(crate) struct Keychain {
    reach: Reach,
    locks: OnceCell<PathBuf>,
    connection: RefCell<Option<SecretService>>,
}

impl Keychain {
    pub(crate) fn new(reach: Reach) -> Keychain {
        Keychain { reach, locks: OnceCell::new(), connection: RefCell::new(None) }
    }

    /// A service that has just been started is on the bus before its methods are: it is asked again until the limit.
    fn ask<T>(
        &self,
        question: impl Fn(&mut SecretService) -> Result<T, KeychainError>,
    ) -> Result<T, VaultError> {
        let asked = Instant::now();
        loop {
            match self.ask_once(&question) {
                Err(error) if error.is_starting() && asked.elapsed() < self.reach.limit => {
                    std::thread::sleep(PAUSE);
                }
                answer => return answer.map_err(translate),
            }
        }
    }

    /// One conversation; a lock is opened once if a person is there. A connection that failed is not used again.
    fn ask_once<T>(
        &self,
        question: impl Fn(&mut SecretService) -> Result<T, KeychainError>,
    ) -> Result<T, KeychainError> {
        let mut held = self.connection.borrow_mut();
        let mut service = match held.take() {
            Some(service) => service,
            None => SecretService::connect(
                self.reach.address.as_deref(),
                self.reach.runtime_dir.as_deref(),
                self.reach.limit,
            )?,
        };
        let mut answer = question(&mut service);
        if let (Err(KeychainError::Locked | KeychainError::NoCollection), Some(patience)) =
            (&answer, self.reach.unlock)
        {
            (self.reach.say_waiting)();
            service.unlock(patience)?;
            answer = question(&mut service);
        }
        if answer.is_ok() {
            *held = Some(service);
        }
        answer
    }
}

impl Store for Keychain {
    fn kind(&self) -> &'static str {
        "keychain"
    }

    fn read(&self, key: &str) -> Result<Option<Bytes>, VaultError> {
        self.ask(|service| service.read(&[SERVICE, ("username", key)]))
    }

    fn read_all(&self, prefix: &str) -> Result<Listed<String, Bytes>, VaultError> {
        let items = self.ask(|service| service.read_all(&[SERVICE]))?;
        Ok(items
            .into_iter()
            .filter_map(|item| {
                let key = item.attributes.get("username").filter(|key| key.starts_with(prefix))?;
                Some((key.clone(), Ok(item.secret)))
            })
            .collect())
    }

    fn reserve<'a>(&'a self, key: &str, _len: usize) -> Result<Box<dyn Reservation + 'a>, VaultError> {
        self.ask(SecretService::writable)?;
        Ok(Box::new(PreparedItem { keychain: self, key: key.to_owned() }))
    }

    fn delete(&self, key: &str) -> Result<bool, VaultError> {
        self.ask(|service| service.delete(&[SERVICE, ("username", key)]))
    }

    fn lock_dir(&self) -> &Path {
        self.locks.get_or_init(|| (self.reach.locks)())
    }
}

struct PreparedItem<'a> {
    keychain: &'a Keychain,
    key: String,
}

impl Reservation for PreparedItem<'_> {
    fn commit(self: Box<Self>, value: &[u8]) -> Result<(), VaultError> {
        let label = format!("integ: {}", self.key);
        let attributes = [SERVICE, ("username", self.key.as_str())];
        self.keychain.ask(|service| service.write(&label, &attributes, value))
    }
}

fn translate(error: KeychainError) -> VaultError {
    match error {
        KeychainError::Locked => VaultError::Locked,
        KeychainError::NoBus { .. } | KeychainError::NoService | KeychainError::NoCollection => {
            VaultError::Absent(error.to_string())
        }
        KeychainError::Silent { after } => VaultError::Silent(after),
        other => VaultError::Refused(other.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use std::rc::Rc;

    use super::*;
    use crate::vault::secret_service::tests::{stage, starting};

    /// `patient`: somebody is there to unlock it. The second counts how often they were told.
    fn keychain(address: &str, patient: bool) -> (Keychain, Rc<RefCell<u32>>) {
        within(Duration::from_secs(30), address, patient)
    }

    fn within(limit: Duration, address: &str, patient: bool) -> (Keychain, Rc<RefCell<u32>>) {
        let told = Rc::new(RefCell::new(0));
        let counting = Rc::clone(&told);
        let reach = Reach {
            address: Some(address.to_owned()),
            runtime_dir: None,
            limit,
            unlock: patient.then_some(limit),
            locks: Box::new(|| PathBuf::from("/locks")),
            say_waiting: Box::new(move || *counting.borrow_mut() += 1),
        };
        (Keychain::new(reach), told)
    }

    fn write(keychain: &Keychain) -> Result<(), VaultError> {
        keychain.reserve("p/a", 1)?.commit(b"x")
    }

    #[test]
    fn items_are_read_listed_written_and_deleted() {
        let (keychain, told) = keychain(&stage(&["/i/1", "/i/2", "/other"], false, false), true);
        assert_eq!((keychain.kind(), keychain.lock_dir()), ("keychain", Path::new("/locks")));
        assert_eq!(keychain.read("p/a").unwrap().unwrap().as_slice(), b"secret of /other", "the newest");
        let listed = keychain.read_all("/i/").unwrap();
        let seen: Vec<_> =
            listed.iter().map(|(key, item)| (key.as_str(), item.as_ref().unwrap().as_slice())).collect();
        assert_eq!(seen, [("/i/1", b"secret of /i/1".as_slice()), ("/i/2", b"secret of /i/2")]);
        write(&keychain).unwrap();
        assert!(keychain.delete("p/a").unwrap());
        assert_eq!(*told.borrow(), 0, "nobody is asked for anything");
        let (empty, _) = self::keychain(&stage(&[], false, false), false);
        assert!(empty.read("p/a").unwrap().is_none() && !empty.delete("p/a").unwrap());
        assert!(empty.item_file("p/a").is_none());
    }

    #[test]
    fn a_lock_is_opened_once_if_somebody_is_there() {
        let (alone, told) = keychain(&stage(&[], true, true), false);
        assert!(matches!(write(&alone), Err(VaultError::Locked)));
        assert_eq!(*told.borrow(), 0);
        let (with_person, told) = keychain(&stage(&[], true, true), true);
        write(&with_person).unwrap();
        write(&with_person).unwrap();
        assert_eq!(*told.borrow(), 1);
        let (in_vain, told) = keychain(&stage(&[], true, false), true);
        assert!(matches!(write(&in_vain), Err(VaultError::Locked)));
        assert_eq!(*told.borrow(), 1);
    }

    #[test]
    fn one_that_has_just_been_started_is_asked_again() {
        let (soon, _) = keychain(&starting(2), false);
        assert_eq!(soon.read("p/a").unwrap().unwrap().as_slice(), b"secret of /i/1");
        let (late, _) = keychain(&starting(1), false);
        write(&late).unwrap();
        let (never, _) = within(Duration::from_millis(120), &starting(u32::MAX), false);
        let said = never.read("p/a").unwrap_err();
        assert!(matches!(&said, VaultError::Refused(why) if why.contains("UnknownMethod")), "{said:?}");
    }

    #[test]
    fn a_proof_is_asked_before_anything_irrevocable() {
        let (locked, _) = keychain(&stage(&[], true, false), false);
        assert!(matches!(locked.reserve("p/a", 1).map(drop), Err(VaultError::Locked)));
        let (nowhere, _) = keychain("unix:path=/nonexistent/bus", false);
        assert!(matches!(nowhere.reserve("p/a", 1).map(drop), Err(VaultError::Absent(_))));
    }

    #[test]
    fn what_a_keychain_cannot_do_has_its_name() {
        let broken = || KeychainError::PlainRefused;
        let silent = KeychainError::Silent { after: Duration::from_secs(3) };
        assert!(matches!(translate(KeychainError::Locked), VaultError::Locked));
        for absent in [
            KeychainError::NoBus { tried: "x".into() },
            KeychainError::NoService,
            KeychainError::NoCollection,
        ] {
            assert!(matches!(translate(absent), VaultError::Absent(_)));
        }
        assert!(matches!(translate(silent), VaultError::Silent(after) if after.as_secs() == 3));
        assert!(matches!(translate(broken()), VaultError::Refused(why) if why == broken().to_string()));
    }
}
