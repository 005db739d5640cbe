//! One file for each provider: what its documentation says, and nothing of what its provider file says.

mod asana;
mod clickup;
mod discord;
mod github;
mod google;
mod hubspot;
mod jira;
mod linear;
mod microsoft;
mod notion;
mod salesforce;
mod slack;
mod telegram;
mod todoist;
mod trello;
mod whatsapp;
mod zoom;

use crate::dialect::Dialect;

pub(crate) fn all() -> Vec<Dialect> {
    vec![
        asana::dialect(),
        clickup::dialect(),
        discord::dialect(),
        github::dialect(),
        google::dialect(),
        hubspot::dialect(),
        jira::dialect(),
        linear::dialect(),
        microsoft::dialect(),
        notion::dialect(),
        salesforce::dialect(),
        slack::dialect(),
        telegram::dialect(),
        todoist::dialect(),
        trello::dialect(),
        whatsapp::dialect(),
        zoom::dialect(),
    ]
}
