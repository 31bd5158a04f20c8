use std::ops::Range;

use crate::bits::Bits;
use crate::cpu::{Instructions, Work};
use crate::geometry::Area;
use crate::source::{Restart, Source};
use crate::{Damage, Error, Options};

/// What is done with the units of a scan: its MCUs or blocks.
pub(crate) trait Visitor {
    /// A restart interval begins.
    fn restart(&mut self);

    /// Reads the units of `columns` in `row`; `None` if the interval ends before the last of them.
    fn visit<I: Instructions>(
        &mut self,
        bits: Bits,
        source: &mut Source<'_>,
        row: usize,
        columns: Range<usize>,
    ) -> Option<Bits>;

    /// No unit of `row` follows. Not called for rows behind the last one that has data. An error ends the walk.
    fn end_of_row<I: Instructions>(&mut self, row: usize) -> Result<(), Error>;

    /// Whether something was read that no encoder writes.
    fn corrupt(&self) -> bool;
}

/// A walk over the units of a scan, from row to row and from restart interval to restart interval, which ends with the
/// last wanted one.
pub(crate) struct Walk<'w, 'a, V> {
    pub visitor: &'w mut V,
    pub source: &'w mut Source<'a>,
    /// Units of a row.
    pub across: usize,
    /// The units for whose sake this is done.
    pub wanted: Area,
    /// Units from one restart marker to the next, or 0.
    pub restart_interval: usize,
    /// Whether intervals without a wanted unit need not be visited.
    pub jump: bool,
    pub options: &'w Options<'w>,
}

impl<V: Visitor> Work for Walk<'_, '_, V> {
    type Output = Result<Option<Damage>, Error>;

    #[inline(always)]
    fn run<I: Instructions>(self) -> Self::Output {
        let mut truncated = false;
        let mut bits = Bits::default();
        let mut number = 0u8;
        let whole = if self.restart_interval == 0 { usize::MAX } else { self.restart_interval };
        let mut left = whole;
        let mut passed_over = self.unwanted(0, left);
        'rows: for row in 0..self.wanted.rows.end {
            if self.options.interrupted() {
                return Err(Error::Interrupted);
            }
            let last = row + 1 == self.wanted.rows.end;
            let end = if last { self.wanted.columns.end } else { self.across };
            let mut column = 0;
            while column < end {
                if left == 0 {
                    let found = self.source.restart(number);
                    truncated |= found != Restart::Here;
                    if found == Restart::End {
                        self.visitor.end_of_row::<I>(row)?;
                        break 'rows;
                    }
                    self.visitor.restart();
                    (bits, left, number) = (Bits::default(), whole, number.wrapping_add(1));
                    passed_over = found == Restart::Later || self.unwanted(row * self.across + column, left);
                }
                let length = left.min(end - column);
                if !passed_over {
                    match self.visitor.visit::<I>(bits, self.source, row, column..column + length) {
                        Some(after) if !self.source.overrun(&after) => bits = after,
                        _ => (truncated, passed_over) = (true, true),
                    }
                }
                column += length;
                left -= length;
                if passed_over && self.restart_interval == 0 {
                    self.visitor.end_of_row::<I>(row)?;
                    break 'rows;
                }
            }
            self.visitor.end_of_row::<I>(row)?;
        }
        // Behind the end of data there are zeros, which may well be no code.
        let damage = if truncated { Some(Damage::Truncated) } else { None };
        Ok(damage.or(self.visitor.corrupt().then_some(Damage::Corrupt)))
    }
}

impl<V> Walk<'_, '_, V> {
    /// Whether none of `length` units from number `first` on is wanted.
    fn unwanted(&self, first: usize, length: usize) -> bool {
        if !self.jump || self.across == 0 {
            return false;
        }
        let before = self.wanted.rows.start * self.across + self.wanted.columns.start;
        let column = first % self.across;
        let last = column.saturating_add(length);
        let in_one_row = last <= self.across;
        let beside = last <= self.wanted.columns.start || column >= self.wanted.columns.end;
        first.saturating_add(length) <= before || (in_one_row && beside)
    }
}
