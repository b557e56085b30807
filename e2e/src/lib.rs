//! The embedded district: real control planes as child processes, for tests, the playground and the benchmarks.
//!
//! Everything that is started here ends with this process, however it ends.
//!
//! | variable | what it changes |
//! |---|---|
//! | `ZHENGYUN_TOOLS`, `KUBEBUILDER_ASSETS` | a folder of ready-made components; what it lacks is built |
//! | `ZHENGYUN_CACHE` | where built components and locks are kept, instead of `~/.cache/zhengyun` |
//! | `ZHENGYUN_NODES` | `real` runs district tests on the product as it is installed, in pods on real nodes |
//! | `ZHENGYUN_BIN` | the product's binary, instead of one built from this workspace |
//! | `ZHENGYUN_KEEP` | keeps the folder of a district until the next one starts |

pub mod addresses;
pub mod audit;
pub mod bench;
pub mod browser;
pub mod charts;
pub mod clock;
pub mod control_plane;
pub mod cyclonus;
pub mod desk;
pub mod district;
pub mod hub;
pub mod images;
pub mod installed;
pub mod issuer;
pub mod lock;
pub mod logs;
pub mod nodes;
pub mod pki;
pub mod playground;
pub mod process;
pub mod product;
pub mod proxy;
pub mod readme;
pub mod requirements;
mod setup;
pub mod site;
mod state;
pub mod story;
pub mod tools;
pub mod users;
pub mod vault;
pub mod wait;
pub mod workdir;
