use super::search::Window;

/// Keeps the best of all windows that overlap by more than `most` (area in common by area of both), which gets the
/// scores of the others added to its own. Best first.
pub(super) fn thin_out(mut windows: Vec<Window>, most: f32) -> Vec<Window> {
    windows.sort_by(|a, b| b.score.total_cmp(&a.score));
    let mut merged = vec![false; windows.len()];
    let mut kept = Vec::new();
    for (place, best) in windows.iter().enumerate() {
        if merged[place] {
            continue;
        }
        let mut best = *best;
        let (area, lonely) = (best.area(), &windows[place]);
        for (other, merged) in windows.iter().zip(&mut merged).skip(place + 1).filter(|(_, merged)| !**merged) {
            let common = lonely.common(other);
            if common > 0.0 && common / (area + other.area() - common) > most {
                *merged = true;
                best.score += other.score;
            }
        }
        kept.push(best);
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn overlapping_windows_become_one_with_the_scores_of_all() {
        let window = |x, y, side, score| Window { x, y, side, score };
        let kept = thin_out(
            vec![window(0, 0, 40, 1.0), window(100, 0, 40, 3.0), window(2, 2, 40, 2.0), window(4, 4, 40, 0.5)],
            0.6,
        );
        let kept: Vec<_> = kept.iter().map(|window| (window.x, window.score)).collect();
        assert_eq!(kept, [(100, 3.0), (2, 3.5)]);
        // A third of both is not more than a third.
        assert_eq!(thin_out(vec![window(0, 0, 40, 1.0), window(20, 0, 40, 1.0)], 1.0 / 3.0).len(), 2);
        assert!(thin_out(Vec::new(), 0.3).is_empty());
    }
}
