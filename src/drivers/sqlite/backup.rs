//! The online backup: copies a database page by page while both stay usable.

use std::time::Duration;

use base::{DbError, DbResult};

use super::connection::Sqlite;
use super::{error, ffi};

/// What one step of a backup did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BackupStep {
    /// SQLite's status: 0 more to do, 101 done, 5 or 6 somebody holds a lock.
    pub status: i32,
    /// Pages left.
    pub remaining: i32,
    /// Pages in all.
    pub total: i32,
}

/// A backup in progress.
pub struct Backup<'a> {
    source: &'a Sqlite,
    target: &'a Sqlite,
    raw: ffi::RawBackup,
}

const DONE: i32 = 101;
const BUSY: i32 = 5;
const LOCKED: i32 = 6;

impl<'a> Backup<'a> {
    /// Begins to copy `name` (`main`, `temp` or an attached database) of `source` into `main` of `target`.
    pub fn new(source: &'a Sqlite, name: &str, target: &'a Sqlite) -> DbResult<Self> {
        let raw = source.with_both(target, |from, to| from.backup(name, to))?;
        Ok(Backup { source, target, raw })
    }

    /// Copies up to `pages` pages (all when negative); with locks in the way it waits `sleep` and reports that.
    pub fn step(&mut self, pages: i32, sleep: Duration) -> DbResult<BackupStep> {
        let raw = &mut self.raw;
        let (status, remaining, total) = self.source.with_both(self.target, |_, _| Ok(raw.step(pages)))?;
        if status == BUSY || status == LOCKED {
            std::thread::sleep(sleep);
        }
        Ok(BackupStep { status, remaining, total })
    }

    /// Ends the backup after its last step.
    pub fn finish(mut self, last: BackupStep) -> DbResult<()> {
        let raw = &mut self.raw;
        self.source.with_both(self.target, |_, _| raw.finish())?;
        match last.status {
            DONE => Ok(()),
            code => Err(error::from_code(code, &ffi::error_text(code))),
        }
    }

    /// Whether another step makes sense.
    pub fn goes_on(step: BackupStep) -> bool {
        matches!(step.status, 0 | BUSY | LOCKED)
    }
}

impl Sqlite {
    /// Copies the whole database in one go.
    pub fn backup_to(&self, target: &Sqlite) -> DbResult<()> {
        if std::ptr::eq(self, target) {
            return Err(DbError::programming("target cannot be the same connection instance"));
        }
        let mut backup = Backup::new(self, "main", target)?;
        loop {
            let step = backup.step(-1, Duration::from_millis(250))?;
            if !Backup::goes_on(step) {
                return backup.finish(step);
            }
        }
    }
}
