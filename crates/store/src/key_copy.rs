//! Copies the keys of a store that may be in use.

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::Path;

use crate::fresh;
use crate::key_file::{is_locked_with, key_file, keys_folder};
use crate::master::BESIDE;
use crate::segment::make_own_folder;

/// The folder of the keys, as a name.
pub(crate) const FOLDER: &str = "keys";

/// Where the master key lies: a change of it is made in two steps, and a copy that falls between them finds it under the first.
const MASTERS: [&str; 2] = ["master.next", BESIDE];

/// Copies the keys from the store, or backup, at `from` to the one at `to`, and says whether the master key was among them.
///
/// What the copy had before is gone then: a key that was destroyed is destroyed there too. A master key that these keys are not
/// locked with is one of before, left for whoever reads older copies; it is not spread further.
pub(crate) fn copy(from: &Path, to: &Path) -> io::Result<bool> {
    let (source, target) = (keys_folder(from), keys_folder(to));
    if !key_file(from).exists() {
        return Ok(false);
    }
    make_own_folder(&target)?;
    let unfinished = key_file(to).with_extension("unfinished");
    for _ in 0..10 {
        // The copy keeps the rights of the file.
        fs::copy(key_file(from), &unfinished)?;
        let masters = MASTERS.map(|name| read(&source.join(name)));
        if !same(&key_file(from), &unfinished)? {
            continue;
        }
        File::open(&unfinished)?.sync_all()?;
        fresh::rename(&unfinished, &key_file(to))?;
        let mut is_there = false;
        for (name, master) in MASTERS.iter().zip(masters) {
            let path = target.join(name);
            match master?.filter(|text| is_locked_with(&key_file(to), text).unwrap_or(false)) {
                Some(text) => {
                    fresh::replace(&path.with_extension("unfinished"), &path, &text)?;
                    is_there = true;
                }
                None => remove(&path)?,
            }
        }
        return Ok(is_there);
    }
    Err(io::Error::other("the keys were changed again and again while they were copied"))
}

fn read(path: &Path) -> io::Result<Option<zeroize::Zeroizing<Vec<u8>>>> {
    match fs::read(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        text => text.map(|text| Some(zeroize::Zeroizing::new(text))),
    }
}

fn remove(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

/// Whether two files hold the same. There is a key for each case, so they may be long.
fn same(one: &Path, other: &Path) -> io::Result<bool> {
    let (mut one, mut other) = (File::open(one)?, File::open(other)?);
    let (mut left, mut right) = (Vec::new(), Vec::new());
    loop {
        left.clear();
        right.clear();
        one.by_ref().take(1 << 20).read_to_end(&mut left)?;
        other.by_ref().take(1 << 20).read_to_end(&mut right)?;
        if left != right {
            return Ok(false);
        }
        if left.is_empty() {
            return Ok(true);
        }
    }
}
