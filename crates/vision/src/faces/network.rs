/// One layer after the other, each number of which is a weighted sum of all numbers before.
#[derive(Debug)]
pub(super) struct Network {
    pub(super) layers: Vec<Layer>,
}

#[derive(Debug)]
pub(super) struct Layer {
    /// For each output, one for every input.
    pub(super) weights: Vec<f32>,
    /// One for each output.
    pub(super) biases: Vec<f32>,
}

/// Sums that are added side by side: as many as a vector register holds.
const LANES: usize = 8;

impl Network {
    /// The numbers of the last layer, each 0 to 1 by the logistic function; all others are cut at 0.
    pub(super) fn answer(&self, input: Vec<f32>) -> Vec<f32> {
        let mut values = input;
        for (place, layer) in self.layers.iter().enumerate() {
            let last = place + 1 == self.layers.len();
            let rows = layer.weights.chunks_exact(values.len().max(1));
            let next = rows.zip(&layer.biases).map(|(weights, bias)| {
                let sum = product(weights, &values) + bias;
                if last { 1.0 / (1.0 + (-sum).exp()) } else { sum.max(0.0) }
            });
            values = next.collect();
        }
        values
    }
}

/// The sum of all products, in an order that does not depend on the processor.
fn product(left: &[f32], right: &[f32]) -> f32 {
    let (left, left_rest) = left.as_chunks::<LANES>();
    let (right, right_rest) = right.as_chunks::<LANES>();
    let mut sums = [0.0; LANES];
    for (left, right) in left.iter().zip(right) {
        for ((sum, left), right) in sums.iter_mut().zip(left).zip(right) {
            *sum += left * right;
        }
    }
    let rest = left_rest.iter().zip(right_rest).map(|(left, right)| left * right).sum::<f32>();
    sums.iter().sum::<f32>() + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn layers_follow_each_other() {
        let first = Layer { weights: vec![1.0, 2.0, -1.0, 0.0], biases: vec![0.5, 0.0] };
        let last = Layer { weights: vec![1.0, 1.0], biases: vec![-3.5] };
        let answer = Network { layers: vec![first, last] }.answer(vec![1.0, 1.0]);
        // 1 + 2 + 0.5 is 3.5, -1 is cut at 0; the logistic function of 0 is a half.
        assert_eq!(answer, [0.5]);
    }

    #[test]
    fn products_are_added() {
        let left: Vec<f32> = (0_u8..20).map(f32::from).collect();
        assert!((product(&left, &[2.0; 20]) - 380.0).abs() < 1e-3);
    }
}
