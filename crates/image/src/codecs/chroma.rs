use crate::Plane;

/// Fills rows of `stride` samples with those of `plane` from row `top` on (counted after shrinking), each the mean of a
/// box of `across` × `down` samples, 1 or 2. The last column and row are repeated beyond the edges.
pub(super) fn fill(target: &mut [u8], stride: usize, plane: &Plane, top: usize, (across, down): (usize, usize)) {
    let last = plane.size.height - 1;
    for (i, target) in target.chunks_exact_mut(stride).enumerate() {
        let row = |j: usize| plane.row(((top + i) as u32 * down as u32 + j as u32).min(last), 1);
        let (upper, lower) = (row(0), row(down - 1));
        let width = upper.len().div_ceil(across).min(stride);
        if (across, down) == (1, 1) {
            target[..width].copy_from_slice(&upper[..width]);
        } else {
            for (x, value) in target[..width].iter_mut().enumerate() {
                let left = x * across;
                let right = (left + across - 1).min(upper.len() - 1);
                let sum: u16 = [upper[left], upper[right], lower[left], lower[right]].map(u16::from).iter().sum();
                *value = ((sum + 2) / 4) as u8;
            }
        }
        let edge = target[width - 1];
        target[width..].fill(edge);
    }
}
