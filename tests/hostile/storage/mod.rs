//! Group ST: the vault and the index when the disk, the machine or a stranger interferes.

mod homes;
mod index;
mod kills;
mod left_behind;
mod paths;
mod space;
mod vault;
mod versions;
