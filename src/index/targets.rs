//! Lists, people and tags of connections, as their providers named them last.

use rusqlite::{Row, Transaction, TransactionBehavior, params};

use super::{Index, IndexError};
use crate::clock;

/// A row: what the engine makes a target of.
#[derive(Clone, Debug)]
pub(crate) struct StoredTarget {
    pub part: String,
    pub remote: String,
    /// Empty: in nothing.
    pub within: String,
    pub name: String,
    pub alias: Option<String>,
    pub detail: String,
}

impl Index {
    /// What is known of a connection, for this account: what another one had is not shown to it.
    pub(crate) fn targets(&self, connection: &str, account: &str) -> Result<Vec<StoredTarget>, IndexError> {
        let mut select = self.db.prepare(
            "SELECT * FROM target WHERE connection = ?1 AND account = ?2 ORDER BY part, within, name, remote",
        )?;
        let rows = select.query_map([connection, account], read)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// The names of lists and folders, whoever has them now: for the shell.
    pub(crate) fn target_names(&self) -> Result<Vec<(String, String)>, IndexError> {
        let mut select = self
            .db
            .prepare("SELECT connection, name FROM target WHERE part = 'list' ORDER BY connection, name")?;
        let rows = select.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// The account that a connection had when its targets were learnt.
    pub(crate) fn account_of_targets(&self, connection: &str) -> Result<Option<String>, IndexError> {
        let mut select = self.db.prepare("SELECT account FROM target WHERE connection = ?1 LIMIT 1")?;
        let mut rows = select.query_map([connection], |row| row.get(0))?;
        Ok(rows.next().transpose()?)
    }

    /// What was learnt now of these parts (within this list; `None`: anywhere) takes the place of what was known.
    pub(crate) fn learn_targets(
        &self,
        connection: &str,
        account: &str,
        forget: &[(&str, Option<&str>)],
        found: &[StoredTarget],
    ) -> Result<(), IndexError> {
        let transaction = Transaction::new_unchecked(&self.db, TransactionBehavior::Immediate)?;
        {
            transaction.execute(
                "DELETE FROM target WHERE connection = ?1 AND account <> ?2",
                params![connection, account],
            )?;
            let mut delete = transaction.prepare(
                "DELETE FROM target WHERE connection = ?1 AND part = ?2 AND (?3 IS NULL OR within = ?3)",
            )?;
            for (part, within) in forget {
                delete.execute(params![connection, part, within])?;
            }
            let mut insert = transaction.prepare(
                "INSERT OR REPLACE INTO target (connection, account, part, remote, within, name, alias, detail, seen_at)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
            )?;
            for target in found {
                insert.execute(params![
                    connection,
                    account,
                    target.part,
                    target.remote,
                    target.within,
                    target.name,
                    target.alias,
                    target.detail,
                    clock::now()
                ])?;
            }
        }
        Ok(transaction.commit()?)
    }
}

fn read(row: &Row<'_>) -> rusqlite::Result<StoredTarget> {
    Ok(StoredTarget {
        part: row.get("part")?,
        remote: row.get("remote")?,
        within: row.get("within")?,
        name: row.get("name")?,
        alias: row.get("alias")?,
        detail: row.get("detail")?,
    })
}
