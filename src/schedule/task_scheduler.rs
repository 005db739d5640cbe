//! A task of Windows' Task Scheduler. It runs as the person who is logged in, whose credentials it may read.

use super::program::{self, Finished};
use super::{Ground, Installed, Job, Piece, Rhythm, ScheduleError, Scheduler, place, quote};

fn name(profile: &str) -> String {
    format!(r"\integ\schedule {profile}")
}

fn schtasks(ground: &Ground, arguments: &[&str]) -> Result<Finished, ScheduleError> {
    program::run(ground, "schtasks", arguments, b"")
}

pub(super) fn pieces(job: &Job, ground: &Ground) -> Result<Vec<Piece>, ScheduleError> {
    job.mind_control(Scheduler::Tasks)?;
    let place = format!("the task {}", name(&job.profile));
    Ok(vec![Piece { place, text: task(job, ground) }])
}

pub(super) fn task(job: &Job, ground: &Ground) -> String {
    // The task schema has a fixed order. A day's repetition ends before the next day's begins.
    let minutes = job.rhythm.period().as_secs() / 60;
    let repeats = minutes < 24 * 60;
    let repetition = format!(
        "\n      <Repetition>\n        <Interval>PT{minutes}M</Interval>\n        <Duration>P1D</Duration>\n      </Repetition>"
    );
    format!(
        r#"<?xml version="1.0" encoding="UTF-16"?>
<Task version="1.2" xmlns="http://schemas.microsoft.com/windows/2004/02/mit/task">
  <RegistrationInfo>
    <Description>{description}</Description>
  </RegistrationInfo>
  <Triggers>
    <CalendarTrigger>{repetition}
      <StartBoundary>2026-01-01T{first}</StartBoundary>
      <Enabled>true</Enabled>
      <ScheduleByDay>
        <DaysInterval>1</DaysInterval>
      </ScheduleByDay>
    </CalendarTrigger>
  </Triggers>
  <Principals>
    <Principal id="Author">
      <UserId>{user}</UserId>
      <LogonType>InteractiveToken</LogonType>
      <RunLevel>LeastPrivilege</RunLevel>
    </Principal>
  </Principals>
  <Settings>
    <MultipleInstancesPolicy>IgnoreNew</MultipleInstancesPolicy>
    <DisallowStartIfOnBatteries>false</DisallowStartIfOnBatteries>
    <StopIfGoingOnBatteries>false</StopIfGoingOnBatteries>
    <StartWhenAvailable>true</StartWhenAvailable>
    <RunOnlyIfNetworkAvailable>true</RunOnlyIfNetworkAvailable>
    <ExecutionTimeLimit>PT1H</ExecutionTimeLimit>
  </Settings>
  <Actions Context="Author">
    <Exec>
      <Command>{program}</Command>
      <Arguments>{arguments}</Arguments>
    </Exec>
  </Actions>
</Task>
"#,
        description = quote::xml(&job.description()),
        repetition = if repeats { repetition.as_str() } else { "" },
        first = job.rhythm.first().strftime("%H:%M:%S"),
        user = quote::xml(&ground.user),
        program = quote::xml(&job.program),
        arguments = quote::xml(&job.arguments.join(" ")),
    )
}

pub(super) fn install(job: &Job, ground: &Ground) -> Result<(), ScheduleError> {
    let path = ground.config_home.join(format!("integ-schedule-{}.xml", job.profile));
    // As the declaration says: UTF-16, with its mark.
    let mut bytes = vec![0xff, 0xfe];
    bytes.extend(task(job, ground).encode_utf16().flat_map(u16::to_le_bytes));
    place::write(&path, &bytes)?;
    let shown = path.display().to_string();
    let taken = schtasks(ground, &["/Create", "/TN", &name(&job.profile), "/XML", &shown, "/F"]);
    let _ = place::delete(&path);
    taken?.or_fail().map(drop)
}

pub(super) fn remove(ground: &Ground) -> Result<bool, ScheduleError> {
    if installed(ground)?.is_none() {
        return Ok(false);
    }
    schtasks(ground, &["/Delete", "/TN", &name(&ground.profile), "/F"])?.or_fail()?;
    Ok(true)
}

pub(super) fn installed(ground: &Ground) -> Result<Option<Installed>, ScheduleError> {
    let task = name(&ground.profile);
    let said = schtasks(ground, &["/Query", "/TN", &task, "/XML"])?;
    if !said.ok {
        return Ok(None);
    }
    let text = quote::from_xml(&said.text());
    let active = !text.contains("<Enabled>false</Enabled>");
    Ok(Some(Installed {
        scheduler: Scheduler::Tasks,
        places: vec![format!("the task {task}")],
        rhythm: Rhythm::find(&text),
        text,
        active,
        notes: if active { Vec::new() } else { vec!["the task is disabled".to_owned()] },
        next: None,
    }))
}
