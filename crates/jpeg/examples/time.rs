//! Times this crate.
use lightmill_jpeg::{Decoder, Options, Refinement, Scale};
fn main() {
    let args: Vec<String> = std::env::args().collect();
    let file = std::fs::read(&args[1]).unwrap();
    let rounds: usize = args[2].parse().unwrap();
    let only = args.get(3);
    for refinement in [Refinement::Exact, Refinement::Visible] {
        for scale in [Scale::Eighth, Scale::Quarter, Scale::Half] {
            if only.is_some_and(|o| *o != format!("{refinement:?}{scale:?}")) {
                continue;
            }
            let mut best = f64::MAX;
            let all = cpu();
            let mut sum = 0u64;
            for _ in 0..5 {
                let start = cpu();
                for _ in 0..rounds {
                    let decoded = Decoder::new(&file).unwrap().decode(&Options { scale, refinement, ..Options::default() }).unwrap();
                    assert!(decoded.damage.is_none(), "{:?}", decoded.damage);
                    sum += decoded.planes.iter().flat_map(|p| &p.data).map(|v| u64::from(*v)).step_by(999).sum::<u64>();
                }
                best = best.min((cpu() - start) / 1e6 / rounds as f64);
            }
            println!("{refinement:?} {scale:?}: mean {:.2} ms, best {best:.2}, {sum:x}", (cpu() - all) / 5e6 / rounds as f64);
        }
    }
}

fn cpu() -> f64 {
    std::fs::read_to_string("/proc/self/schedstat").unwrap().split(' ').next().unwrap().parse().unwrap()
}
