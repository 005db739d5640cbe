//! Group ST: the vault and the index when the disk, the machine or a stranger interferes.

mod homes;
mod index;
mod kept_aside;
mod kills;
mod left_behind;
mod paths;
mod renamed;
mod space;
mod vault;
mod versions;
