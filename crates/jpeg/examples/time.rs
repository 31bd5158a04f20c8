//! Times this crate.
use lightmill_jpeg::{Decoder, Options, Scale, Refinement};
fn main() {
    let mut args = std::env::args().skip(1);
    let file = std::fs::read(args.next().unwrap()).unwrap();
    let rounds: usize = args.next().map_or(15, |a| a.parse().unwrap());
    for refinement in [Refinement::Exact, Refinement::Visible] {
    for scale in [Scale::Eighth, Scale::Quarter, Scale::Half] {
        let mut times = vec![];
        let mut sum = 0u64;
        for _ in 0..rounds {
            let start = cpu();
            let decoded = Decoder::new(&file).unwrap().decode(&Options { scale, refinement, ..Options::default() }).unwrap();
            times.push((cpu() - start) / 1e6);
            sum = decoded.planes.iter().flat_map(|p| &p.data).fold(0u64, |a, b| a.wrapping_mul(31).wrapping_add(*b as u64));
            assert!(decoded.damage.is_none(), "{:?}", decoded.damage);
        }
        times.sort_by(f64::total_cmp);
        println!("{refinement:?} {scale:?}: median {:.2} ms, min {:.2}, {sum:x}", times[rounds / 2], times[0]);
    }}
}

fn cpu() -> f64 { std::fs::read_to_string("/proc/self/schedstat").unwrap().split(' ').next().unwrap().parse().unwrap() }
