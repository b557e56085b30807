//! Loopback addresses of one process: with an address of its own each component keeps its standard ports, and nothing collides.

use std::net::Ipv4Addr;
use std::sync::{Mutex, PoisonError};

use anyhow::{Context as _, Result, bail};

use crate::lock::{FileLock, cache_dir};

/// All of 127.0.0.0/8 answers on Linux; this part of it is ours.
const SECOND_OCTET: u8 = 77;
const LAST: u8 = 250;

struct Block {
    third: u8,
    next: u8,
    _lock: FileLock,
}

/// The blocks of this process, the last of them in use; their locks are held until the process ends.
static BLOCKS: Mutex<Vec<Block>> = Mutex::new(Vec::new());

/// An address that nothing else in this process, and no other test process on this machine, uses. It is never given out
/// twice, so a connection to what was stopped cannot reach what was started later.
pub fn allocate() -> Result<Ipv4Addr> {
    let mut blocks = BLOCKS.lock().unwrap_or_else(PoisonError::into_inner);
    if blocks.last().is_none_or(|block| block.next > LAST) {
        blocks.push(claim()?);
    }
    let block = blocks.last_mut().context("a block of addresses")?;
    let address = Ipv4Addr::new(127, SECOND_OCTET, block.third, block.next);
    block.next += 1;
    Ok(address)
}

fn claim() -> Result<Block> {
    let folder = cache_dir()?.join("addresses");
    std::fs::create_dir_all(&folder).with_context(|| format!("create {}", folder.display()))?;
    // Starting from the process id, not from one: a block just released may still have dying components on it.
    let start = std::process::id() % u32::from(LAST);
    for offset in 0..u32::from(LAST) {
        let third = u8::try_from((start + offset) % u32::from(LAST) + 1).context("number of a block")?;
        if let Some(lock) = FileLock::try_take(&folder.join(third.to_string()))? {
            return Ok(Block { third, next: 1, _lock: lock });
        }
    }
    bail!("all {LAST} blocks of loopback addresses are in use; see {}", folder.display())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_of_one_block_and_never_repeat() {
        let first = allocate().unwrap();
        let second = allocate().unwrap();
        assert_ne!(first, second);
        assert_eq!(first.octets()[..3], second.octets()[..3]);
        assert!(std::net::TcpListener::bind((first, 0)).is_ok());
    }
}
