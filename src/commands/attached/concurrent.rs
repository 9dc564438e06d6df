//! Several devices at once.

use std::{panic, thread};

/// Does the same with every item, each in a thread of its own; the results are in the order of the items.
pub fn concurrently<T: Sync, R: Send>(items: &[T], work: impl Fn(&T) -> R + Sync) -> Vec<R> {
    thread::scope(|scope| {
        let work = &work;
        let threads: Vec<_> = items.iter().map(|item| scope.spawn(move || work(item))).collect();
        let results = threads.into_iter().map(|thread| thread.join());
        results.map(|result| result.unwrap_or_else(|payload| panic::resume_unwind(payload))).collect()
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Barrier;

    #[test]
    fn items_are_worked_on_at_the_same_time_and_results_keep_their_order() {
        let all_there = Barrier::new(3);
        let doubled = concurrently(&[1, 2, 3], |number| {
            all_there.wait();
            number * 2
        });
        assert_eq!(doubled, [2, 4, 6]);
    }
}
