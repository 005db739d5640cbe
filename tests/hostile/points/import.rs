use super::{After, Case};
use crate::evil::Evil;
use crate::home::{Home, Output, Point};

/// The provider's last grant is the one to import.
fn seed(evil: &Evil) -> Home {
    let home = Home::new(evil);
    home.fresh(evil, "evil/old");
    evil.state().grants.mint("openid");
    home
}

fn token(evil: &Evil) -> String {
    evil.state().grants.live.last().unwrap().clone()
}

fn text(evil: &Evil) -> String {
    let refresh = evil.state().grants.families.last().unwrap().current.clone();
    let grant = serde_json::json!({
        "provider": "evil", "name": "evil/new", "access_token": token(evil), "refresh_token": refresh,
        "expires_at": 4_000_000_000_i64, "scope": "openid", "token_type": "Bearer", "client_id": "client-evil",
    });
    grant.to_string()
}

fn run(evil: &Evil, home: &Home, point: Point) -> Output {
    home.call(&["import", "-", "--replace"]).stdin(text(evil)).disk(point).run()
}

fn holds(after: &After<'_>) {
    let wanted = token(after.evil);
    after.is_live(&after.token("evil/old").unwrap_or_default());
    match after.token("evil/new") {
        Some(token) => after.must(token == wanted, "another token"),
        None => after.must(!after.is_acknowledged(), "what was imported is not there"),
    }
    after.home.run_with(&["import", "-", "--replace"], text(after.evil)).exits(&[0]);
    after.must(after.token("evil/new") == Some(wanted), "not there after another import");
}

pub(crate) const CASE: Case = Case { name: "import", least: 20, seed, run, holds };
