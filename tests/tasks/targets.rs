//! Each target with everything that it holds, and once whatever becomes of the answer.

use serde_json::{Value, json};

use crate::dialects::{ASANA, CLICKUP, GITHUB, HUBSPOT, JIRA, NOTION, SALESFORCE, TODO, TRELLO};
use crate::seal::Home;
use crate::server::{Dialect, Target, Trap};

/// The dialect, and where a task goes.
pub(crate) const ALL: [(Dialect, &str); 9] = [
    (NOTION, "notion/Tasks"),
    (CLICKUP, "clickup/Offers"),
    (TODO, "microsoft/Work"),
    (GITHUB, "github/anna/notes"),
    (JIRA, "jira/ENG"),
    (ASANA, "asana/Offers"),
    (TRELLO, "trello/To do"),
    (HUBSPOT, "hubspot"),
    (SALESFORCE, "salesforce"),
];

pub(crate) fn create(home: &Home, to: &str, more: &[&str]) -> crate::seal::Ended {
    home.run(&[&["task", "create", "Offer <1> \"é😀\"", "--to", to, "--json"], more].concat())
}

/// Creates one and gives it back as the provider keeps it, its title and mark looked at.
#[track_caller]
fn made(target: &Target, to: &str, more: &[&str]) -> Value {
    let home = target.home();
    let ended = create(&home, to, more).expect(0);
    let task = &ended.json()["tasks"][0];
    assert_eq!(task["state"], "done", "{task}");
    assert!(task["url"].as_str().is_some_and(|url| url.starts_with("http")), "{task}");
    ended.without(target.dialect.token);
    target.is_content();
    target.tasks().pop().unwrap()
}

const MORE: [&str; 6] = ["--due", "2026-12-01", "--assignee", "ben@x.example", "--priority", "high"];

fn with<'a>(more: &[&'a str]) -> Vec<&'a str> {
    MORE.iter().chain(more).copied().collect()
}

#[test]
fn everything_that_notion_holds() {
    let more = with(&[
        "--tag",
        "a",
        "--parent",
        "p1",
        "--notes",
        "# Head\n\n- **one**",
        "--field",
        "cost=7",
        "--field",
        "Checked=yes",
    ]);
    let page = made(&Target::open(NOTION), "notion/Tasks", &more);
    let own = &page["properties"];
    assert_eq!(page["parent"]["data_source_id"], "ds1");
    assert_eq!(own["Aufgabe"]["title"][0]["text"]["content"], "Offer <1> \"é😀\"");
    assert_eq!(own["Due"]["date"], json!({"start": "2026-12-01"}));
    assert_eq!(own["Assignee"]["people"][0]["id"], "u1");
    assert_eq!(own["Priority"]["select"]["name"], "🔥 High");
    assert_eq!(own["Tags"]["multi_select"], json!([{"name": "a"}]));
    assert_eq!((&own["Cost"]["number"], &own["Checked"]["checkbox"]), (&json!(7), &json!(true)));
    assert_eq!(own["Parent item"]["relation"][0]["id"], "p1");
    let kinds: Vec<&str> =
        page["children"].as_array().unwrap().iter().map(|b| b["type"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["heading_1", "bulleted_list_item", "paragraph"]);
}

/// Where there is only room for a day, it is the day where the person said it.
#[test]
fn a_time_keeps_its_zone() {
    let held = [
        ("asana", "/due_at", json!("2026-12-02T04:30:00Z")),
        ("clickup", "/due_date", json!("1796185800000")),
        ("google", "/due", json!("2026-12-01T00:00:00.000Z")),
        ("hubspot", "/properties/hs_timestamp", json!("1796185800000")),
        ("jira", "/fields/duedate", json!("2026-12-01")),
        ("linear", "/dueDate", json!("2026-12-01")),
        ("microsoft", "/dueDateTime/dateTime", json!("2026-12-01T00:00:00")),
        (
            "notion",
            "/properties/Due/date",
            json!({"start": "2026-12-01T23:30:00", "time_zone": "America/New_York"}),
        ),
        ("salesforce", "/ActivityDate", json!("2026-12-01")),
        ("todoist", "/due_datetime", json!("2026-12-02T04:30:00Z")),
        ("trello", "/due", json!("2026-12-02T04:30:00Z")),
    ];
    crate::each::at_every(|dialect, to| {
        let found = held.iter().find(|(provider, ..)| *provider == dialect.provider);
        // GitHub's issues are due at no time.
        let Some((_, at, due)) = found else { return assert_eq!(dialect.provider, "github") };
        let target = Target::open(dialect);
        create(&target.home(), to, &["--due", "2026-12-01T23:30:00-05:00[America/New_York]"]).expect(0);
        assert_eq!(target.tasks()[0].pointer(at), Some(due), "{to}: {}", target.tasks()[0]);
    });
}

#[test]
fn what_a_data_source_has_no_property_for_is_said_before_sending() {
    let target = Target::open(NOTION);
    let home = target.home();
    for (to, more, words) in [
        ("notion/Plain", &["--due", "2026-12-01"][..], "no property for a due date"),
        ("notion/Tasks", &["--priority", "urgent"], "no option for urgent"),
        ("notion/Tasks", &["--field", "Colour=red"], "no property `Colour`"),
        ("notion/Tasks", &["--field", "Cost=much"], "takes a number"),
        ("notion/Tasks", &["--field", "Status=Gone"], "one of: Not started, Done"),
    ] {
        let ended = create(&home, to, more);
        assert!(ended.code != 0 && ended.stdout.contains(words), "{more:?}: {}", ended.stdout);
    }
    assert!(target.creates().is_empty());
}

#[test]
fn a_503_that_names_the_page_is_a_success() {
    let target = Target::open(NOTION);
    let home = target.home();
    let named = json!({"object": "error", "status": 503, "code": "service_unavailable", "message": "m",
        "additional_data": {"committed_resource_id": "ab-cd", "retry_guidance": ["do not"]}});
    target.trap(Trap::Refuse(503, vec![], named));
    let task = create(&home, "notion/Tasks", &[]).expect(0).json()["tasks"][0].clone();
    assert_eq!((&task["remote_id"], &task["url"]), (&json!("ab-cd"), &json!("https://www.notion.so/abcd")));
    assert_eq!(target.creates().len(), 1);
}

#[test]
fn everything_that_clickup_holds() {
    let more = with(&[
        "--tag",
        "home",
        "--parent",
        "9x",
        "--notes",
        "**b**",
        "--field",
        "cost=2.5",
        "--field",
        "Stage=new",
    ]);
    let task = made(&Target::open(CLICKUP), "clickup/Acme/Sales/Q4/Offers", &more);
    assert_eq!(task["name"], "Offer <1> \"é😀\"");
    assert_eq!((&task["assignees"], &task["priority"]), (&json!([183]), &json!(2)));
    assert_eq!((&task["due_date"], &task["due_date_time"]), (&json!("1796126400000"), &json!(false)));
    assert_eq!((&task["tags"], &task["parent"]), (&json!(["home"]), &json!("9x")));
    assert!(task["markdown_content"].as_str().unwrap().starts_with("**b**\n\ninteg:"));
    assert_eq!(task["custom_fields"], json!([{"id": "f1", "value": 2.5}, {"id": "f2", "value": "op1"}]));
}

#[test]
fn everything_that_to_do_holds() {
    let more = [
        "--due",
        "2026-12-01",
        "--priority",
        "urgent",
        "--tag",
        "x",
        "--notes",
        "n",
        "--url",
        "https://x.example/1",
    ];
    let task = made(&Target::open(TODO), "microsoft/Work", &more);
    assert_eq!(
        (&task["list"], &task["importance"], &task["categories"]),
        (&json!("L2"), &json!("high"), &json!(["x"]))
    );
    assert_eq!(task["dueDateTime"], json!({"dateTime": "2026-12-01T00:00:00", "timeZone": "UTC"}));
    assert_eq!(task["body"], json!({"content": "n", "contentType": "text"}));
    assert_eq!(task["linkedResources"][0]["webUrl"], "https://x.example/1");
    let task = made(&Target::open(TODO), "microsoft", &[]);
    assert_eq!(task["list"], "L1==", "the list that everybody has");
}

#[test]
fn everything_that_github_holds() {
    let more = ["--assignee", "ben", "--tag", "bug", "--notes", "**b**", "--field", "milestone=winter"];
    let issue = made(&Target::open(GITHUB), "github/anna/notes", &more);
    assert_eq!((&issue["assignees"], &issue["labels"]), (&json!(["ben"]), &json!(["bug"])));
    assert_eq!((&issue["milestone"], &issue["repository"]), (&json!(7), &json!("anna/notes")));
    assert!(issue["body"].as_str().unwrap().starts_with("**b**\n\n<!-- integ:"), "{issue}");
    let target = Target::open(GITHUB);
    let ended = create(&target.home(), "github/acme/notes", &["--tag", "bug"]);
    assert!(ended.code != 0 && ended.stdout.contains("may not push"), "{}", ended.stdout);
    assert!(target.creates().is_empty());
}

#[test]
fn everything_that_jira_holds() {
    let more =
        with(&["--tag", "home", "--notes", "**b**", "--field", "points=3", "--field", "components=web"]);
    let issue = made(&Target::open(JIRA), "jira/ENG", &more);
    let fields = &issue["fields"];
    assert_eq!((&fields["project"]["id"], &fields["issuetype"]["id"]), (&json!("10"), &json!("2")));
    assert_eq!(
        (&fields["assignee"]["accountId"], &fields["priority"]["name"]),
        (&json!("ac1"), &json!("High"))
    );
    assert_eq!((&fields["duedate"], &fields["labels"]), (&json!("2026-12-01"), &json!(["home"])));
    assert_eq!((&fields["customfield_1"], &fields["components"]), (&json!(3), &json!([{"id": "c1"}])));
    assert_eq!(fields["description"]["content"][0]["content"][0]["marks"][0]["type"], "strong");
    let below = made(&Target::open(JIRA), "jira/Engine", &["--parent", "ENG-7"]);
    assert_eq!(
        (&below["fields"]["parent"]["key"], &below["fields"]["issuetype"]["id"]),
        (&json!("ENG-7"), &json!("3"))
    );
    let target = Target::open(JIRA);
    let ended = create(&target.home(), "jira/ENG", &["--tag", "two words"]);
    assert!(ended.code != 0 && ended.stdout.contains("no spaces"), "{}", ended.stdout);
}

#[test]
fn everything_that_asana_holds() {
    let more = [
        "--due",
        "2026-12-01",
        "--assignee",
        "Ben",
        "--tag",
        "home",
        "--notes",
        "**b** <c>",
        "--field",
        "priority=high",
    ];
    let task = made(&Target::open(ASANA), "asana/Offers", &more);
    assert_eq!((&task["projects"], &task["assignee"]), (&json!(["21"]), &json!("31")));
    assert_eq!((&task["due_on"], &task["tags"]), (&json!("2026-12-01"), &json!(["41"])));
    assert_eq!(task["custom_fields"], json!({"51": "61"}));
    assert!(
        task["html_notes"].as_str().unwrap().starts_with("<body><strong>b</strong> &lt;c&gt;\n\ninteg:"),
        "{task}"
    );
    let task = made(&Target::open(ASANA), "asana/Acme", &[]);
    assert_eq!((&task["workspace"], &task["assignee"]), (&json!("1"), &json!("me")));
}

#[test]
fn everything_that_trello_holds() {
    let more =
        ["--due", "2026-12-01", "--assignee", "ben1", "--tag", "hot", "--tag", "blue", "--notes", "**b**"];
    let card = made(&Target::open(TRELLO), "trello/Sales/To do", &more);
    assert_eq!((&card["idList"], &card["idMembers"]), (&json!("l1"), &json!(["m1"])));
    assert_eq!((&card["idLabels"], &card["due"]), (&json!(["g1", "g2"]), &json!("2026-12-01T12:00:00Z")));
    assert!(card["desc"].as_str().unwrap().starts_with("**b**\n\ninteg:"), "{card}");
}

#[test]
fn everything_that_hubspot_holds() {
    let more = with(&[
        "--notes",
        "**b**",
        "--field",
        "contact=kim@x.example",
        "--field",
        "deal=9",
        "--field",
        "type=call",
    ]);
    let task = made(&Target::open(HUBSPOT), "hubspot", &more);
    let own = &task["properties"];
    assert_eq!(
        (&own["hs_task_subject"], &own["hubspot_owner_id"]),
        (&json!("Offer <1> \"é😀\""), &json!("o1"))
    );
    assert_eq!((&own["hs_timestamp"], &own["hs_task_priority"]), (&json!("1796126400000"), &json!("HIGH")));
    assert_eq!(own["hs_task_type"], "CALL");
    assert!(own["hs_task_body"].as_str().unwrap().starts_with("<p><strong>b</strong></p><p>integ:"), "{own}");
    let bonds: Vec<(&Value, &Value)> = task["associations"]
        .as_array()
        .unwrap()
        .iter()
        .map(|bond| (&bond["to"]["id"], &bond["types"][0]["associationTypeId"]))
        .collect();
    assert_eq!(bonds, [(&json!("501"), &json!(204)), (&json!("9"), &json!(216))]);
}

#[test]
fn everything_that_salesforce_holds() {
    let more = with(&["--notes", "n", "--field", "status=not started", "--field", "whoid=003X"]);
    let task = made(&Target::open(SALESFORCE), "salesforce", &more);
    assert_eq!((&task["OwnerId"], &task["Priority"]), (&json!("005B"), &json!("High")));
    assert_eq!((&task["ActivityDate"], &task["WhoId"]), (&json!("2026-12-01"), &json!("003X")));
    assert_eq!(task["Status"], "Not Started");
    assert!(task["Description"].as_str().unwrap().starts_with("n\n\ninteg:"), "{task}");
}

#[test]
fn each_is_shown_done_and_listed() {
    for (dialect, to) in ALL {
        let target = Target::open(dialect);
        let home = target.home();
        for key in ["k", "l"] {
            home.run(&["task", "create", key, "--to", to, "--key", key]).expect(0);
        }
        let show = |expected: bool| {
            let document = home.run(&["task", "show", "k", "--json"]).expect(0).json();
            let remote = &document["tasks"][0]["remote"];
            assert_eq!(
                (&remote["done"], &remote["title"]),
                (&json!(expected), &json!("k")),
                "{to}: {document}"
            );
        };
        show(false);
        home.run(&["task", "done", "k"]).expect(0);
        show(true);
        home.run(&["task", "done", "k"]).expect(0);
        let there = home.run(&["task", "list", "--remote", to, "--json"]).expect(0).json();
        let titles: Vec<&str> =
            there["tasks"].as_array().unwrap().iter().map(|task| task["title"].as_str().unwrap()).collect();
        // Jira's query leaves out what is done, and this player answers all of it.
        let open: Vec<&str> = titles.into_iter().filter(|title| to != "jira/ENG" || *title != "k").collect();
        assert_eq!(open, ["l"], "{to}: {there}");
        target.is_content();
    }
}
