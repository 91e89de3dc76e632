//! Every target on its seeds and on random bytes, on a stable toolchain.

use fuzz::TARGETS;
use proptest::prelude::*;
use std::path::Path;

fn seeds(target: &str) -> Vec<Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("seeds").join(target);
    let files = std::fs::read_dir(&folder).unwrap_or_else(|e| panic!("{}: {e}", folder.display()));
    files.map(|f| std::fs::read(f.expect("a seed").path()).expect("a seed")).collect()
}

#[test]
fn seeds_pass() {
    for (name, run) in TARGETS {
        let seeds = seeds(name);
        assert!(!seeds.is_empty(), "{name} has no seeds");
        for seed in seeds {
            run(&seed);
        }
    }
}

#[test]
fn every_target_has_a_program() {
    for (name, _) in TARGETS {
        let program = Path::new(env!("CARGO_MANIFEST_DIR")).join("targets").join(name).with_extension("rs");
        let text = std::fs::read_to_string(&program).expect("a program");
        assert!(text.contains(&format!("fuzz::{name}::run")), "{name}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn random_bytes_pass(target in 0..TARGETS.len(), data in prop::collection::vec(any::<u8>(), 0..400)) {
        (TARGETS[target].1)(&data);
    }

    /// A seed with a piece replaced: deeper than random bytes come.
    #[test]
    fn changed_seeds_pass(target in 0..TARGETS.len(), pick in any::<prop::sample::Index>(), at in any::<prop::sample::Index>(), piece in prop::collection::vec(any::<u8>(), 0..6)) {
        let (name, run) = TARGETS[target];
        let seeds = seeds(name);
        let mut data = pick.get(&seeds).clone();
        let start = at.index(data.len() + 1);
        let end = (start + piece.len()).min(data.len());
        data.splice(start..end, piece);
        run(&data);
    }
}
