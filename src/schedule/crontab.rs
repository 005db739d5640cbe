//! A line of the person's crontab, between two marks. All else in the crontab is theirs, to the last byte.

use super::program;
use super::{Ground, Installed, Job, Piece, Rhythm, ScheduleError, Scheduler, quote};

/// Cron implementations cut or refuse longer lines.
const LONGEST: usize = 990;

fn begin(profile: &str) -> String {
    format!("# integ schedule, profile {profile}: begin")
}

fn end(profile: &str) -> String {
    format!("# integ schedule, profile {profile}: end")
}

pub(super) fn is_there(ground: &Ground) -> bool {
    !matches!(list(ground), Err(ScheduleError::Missing(_)))
}

pub(super) fn pieces(job: &Job) -> Result<Vec<Piece>, ScheduleError> {
    Ok(vec![Piece { place: "the end of your crontab".to_owned(), text: block(job)? }])
}

fn block(job: &Job) -> Result<String, ScheduleError> {
    job.mind_control(Scheduler::Crontab)?;
    let line = line(job);
    if line.len() > LONGEST {
        let why = format!("the line would have {} characters, and cron takes {LONGEST}", line.len());
        return Err(ScheduleError::Unsayable { scheduler: Scheduler::Crontab, why });
    }
    let profile = &job.profile;
    Ok(format!("{} ({})\n{line}\n{}\n", begin(profile), job.rhythm, end(profile)))
}

fn line(job: &Job) -> String {
    let list = |values: &[u32]| values.iter().map(u32::to_string).collect::<Vec<_>>().join(",");
    let minutes = match job.rhythm.minutes() {
        every if every.len() == 60 => "*".to_owned(),
        some => list(&some),
    };
    let hours = job.rhythm.hours().map_or("*".to_owned(), |hours| list(&hours));
    // `env`, because `SHELL=` in a crontab may name one that sets variables in another way.
    let mut words = Vec::new();
    if !job.environment.is_empty() {
        words.push("env".to_owned());
        words.extend(job.environment.iter().map(|(name, value)| format!("{name}={}", quote::shell(value))));
    }
    words.push(quote::shell(&job.program));
    words.extend(job.arguments.iter().cloned());
    format!("{minutes} {hours} * * * {}", quote::cron(&words.join(" ")))
}

/// The whole table; without one it is empty.
fn list(ground: &Ground) -> Result<Vec<u8>, ScheduleError> {
    let said = program::run(ground, "crontab", &["-l"], b"")?;
    if !said.ok && said.stderr.to_ascii_lowercase().contains("no crontab") {
        return Ok(Vec::new());
    }
    // Busybox: "can't open 'NAME': No such file or directory".
    if !said.ok && said.stderr.contains("No such file or directory") {
        return Ok(Vec::new());
    }
    Ok(said.or_fail()?.stdout)
}

fn write(ground: &Ground, table: &[u8]) -> Result<(), ScheduleError> {
    let said = match table {
        b"" => program::run(ground, "crontab", &["-r"], b"")?,
        table => program::run(ground, "crontab", &["-"], table)?,
    };
    said.or_fail().map(drop)
}

pub(super) fn install(job: &Job, ground: &Ground) -> Result<(), ScheduleError> {
    let before = list(ground)?;
    let after = with(&before, &job.profile, &block(job)?)?;
    if after == before { Ok(()) } else { write(ground, &after) }
}

pub(super) fn remove(ground: &Ground) -> Result<bool, ScheduleError> {
    let Some(before) = list_if_any(ground)? else { return Ok(false) };
    let after = without(&before, &ground.profile)?;
    if after == before {
        return Ok(false);
    }
    write(ground, &after)?;
    Ok(true)
}

/// `None`: no cron at all, or none for this person.
fn list_if_any(ground: &Ground) -> Result<Option<Vec<u8>>, ScheduleError> {
    match list(ground) {
        Ok(table) => Ok(Some(table)),
        Err(ScheduleError::Missing(_)) => Ok(None),
        Err(ScheduleError::Failed { words, .. }) if words.contains("not allowed") => Ok(None),
        Err(error) => Err(error),
    }
}

pub(super) fn installed(ground: &Ground) -> Result<Option<Installed>, ScheduleError> {
    let Some(table) = list_if_any(ground)? else { return Ok(None) };
    let Some((start, stop)) = find(&table, &ground.profile)? else { return Ok(None) };
    let block = String::from_utf8_lossy(table.get(start..stop).unwrap_or_default()).into_owned();
    let has_line = block.lines().any(|line| !line.trim().is_empty() && !line.starts_with('#'));
    let notes = notes();
    Ok(Some(Installed {
        scheduler: Scheduler::Crontab,
        places: vec!["crontab".to_owned()],
        rhythm: Rhythm::find(&block).filter(|_| has_line),
        text: block,
        active: has_line && notes.is_empty(),
        notes,
        next: None,
    }))
}

/// Where the block of a profile lies: from the first byte of its begin to the last of its end.
fn find(table: &[u8], profile: &str) -> Result<Option<(usize, usize)>, ScheduleError> {
    let (begin, end) = (begin(profile), end(profile));
    let (mut at, mut start) = (0, None);
    for line in table.split_inclusive(|byte| *byte == b'\n') {
        let next = at + line.len();
        match start {
            None if line.starts_with(begin.as_bytes()) => start = Some(at),
            Some(start) if line.starts_with(end.as_bytes()) => return Ok(Some((start, next))),
            _ => {}
        }
        at = next;
    }
    if start.is_some() { Err(ScheduleError::Torn) } else { Ok(None) }
}

/// The table with this block: where the old one was, else at the end.
fn with(table: &[u8], profile: &str, block: &str) -> Result<Vec<u8>, ScheduleError> {
    let (before, after) = match find(table, profile)? {
        Some((start, stop)) => (table.get(..start), table.get(stop..)),
        None => (Some(table), None),
    };
    let (before, after) = (before.unwrap_or_default(), after.unwrap_or_default());
    // A last line without an end would swallow ours.
    let gap: &[u8] = if before.is_empty() || before.ends_with(b"\n") { b"" } else { b"\n" };
    Ok([before, gap, block.as_bytes(), after].concat())
}

fn without(table: &[u8], profile: &str) -> Result<Vec<u8>, ScheduleError> {
    Ok(match find(table, profile)? {
        Some((start, stop)) => {
            [table.get(..start).unwrap_or_default(), table.get(stop..).unwrap_or_default()].concat()
        }
        None => table.to_vec(),
    })
}

pub(super) fn notes() -> Vec<String> {
    match daemon_runs() {
        Some(false) => vec!["no cron daemon is running: nothing will start it until one is".to_owned()],
        _ => Vec::new(),
    }
}

/// `None`: other people's processes cannot be seen here.
fn daemon_runs() -> Option<bool> {
    const DAEMONS: [&str; 7] = ["cron", "crond", "cronie", "dcron", "fcron", "bcron-start", "systemd-cron"];
    std::fs::read_to_string("/proc/1/comm").ok()?;
    let processes = std::fs::read_dir("/proc").ok()?.flatten();
    let mut names = processes.filter_map(|process| std::fs::read_to_string(process.path().join("comm")).ok());
    Some(names.any(|name| DAEMONS.contains(&name.trim())))
}

#[cfg(test)]
mod tests {
    use super::*;

    const BLOCK: &str = "# integ schedule, profile default: begin (every 1h from 00:17:42)\nX\n# integ schedule, profile default: end\n";

    #[test]
    fn everything_else_stays_as_it_is_to_the_last_byte() {
        let tables: [&[u8]; 8] = [
            b"",
            b"\n",
            b"MAILTO=me\n\n# mine\n5 * * * * true\n",
            b"\xff\xfe not utf-8 \x00\n\r\n* * * * * a%b\n",
            b"# integ schedule, profile work: begin (x)\n1 1 * * * integ\n# integ schedule, profile work: end\n",
            b"# integ schedule, profile default\n",
            b" # integ schedule, profile default: begin\n",
            b"# integ schedule, profile defaults: begin\n",
        ];
        for table in tables {
            let installed = with(table, "default", BLOCK).unwrap();
            assert_eq!(installed, [table, BLOCK.as_bytes()].concat());
            assert_eq!(with(&installed, "default", BLOCK).unwrap(), installed, "twice is once");
            assert_eq!(without(&installed, "default").unwrap(), table);
            assert_eq!(without(table, "default").unwrap(), table, "nothing to remove");
        }
    }

    #[test]
    fn profiles_lie_side_by_side_and_a_block_is_replaced_where_it_is() {
        let work = BLOCK.replace("profile default", "profile work");
        let one = with(b"a\n", "default", BLOCK).unwrap();
        let both = [&with(&one, "work", &work).unwrap()[..], b"z\n"].concat();
        let changed = with(&both, "default", &BLOCK.replace('X', "Y")).unwrap();
        assert_eq!(
            String::from_utf8(changed.clone()).unwrap(),
            format!("a\n{}{work}z\n", BLOCK.replace('X', "Y"))
        );
        assert_eq!(without(&changed, "default").unwrap(), format!("a\n{work}z\n").into_bytes());
    }

    #[test]
    fn a_last_line_without_an_end_is_not_swallowed() {
        assert_eq!(with(b"a", "default", BLOCK).unwrap(), format!("a\n{BLOCK}").into_bytes());
    }

    #[test]
    fn a_block_without_an_end_is_nobodys_to_guess() {
        let torn = b"# integ schedule, profile default: begin\n1 * * * * integ\n0 0 * * * backup\n";
        assert!(matches!(with(torn, "default", BLOCK), Err(ScheduleError::Torn)));
        assert!(matches!(without(torn, "default"), Err(ScheduleError::Torn)));
        assert!(without(torn, "work").is_ok());
    }
}
