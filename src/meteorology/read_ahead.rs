//! Forcings prepared one interval ahead of the model, in a thread of their own.
//!
//! A forcing depends on its interval alone, not on what was asked before: the results are the same
//! with and without the thread.

use super::Forcing;
use crate::error::Result;
use crate::time::Time;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;

/// What makes the forcing of an interval.
pub trait Prepare: Send + Sync + 'static {
    /// Start and end of the interval that holds an instant.
    ///
    /// # Errors
    /// There is none.
    fn interval(&self, time: Time) -> Result<(Time, Time)>;

    /// The forcing of one interval.
    ///
    /// # Errors
    /// Files that cannot be read, or values that no atmosphere has.
    fn prepare(&self, start: Time, end: Time) -> Result<Forcing>;
}

/// Forcings in the making and the last two made.
#[derive(Default)]
struct Shelf {
    ready: Vec<Arc<Forcing>>,
    coming: Option<(Time, JoinHandle<Result<Forcing>>)>,
}

/// A source of forcings that works ahead.
pub struct ReadAhead<P> {
    source: Arc<P>,
    shelf: Mutex<Shelf>,
}

impl<P: Prepare> ReadAhead<P> {
    /// Nothing is read yet.
    pub fn of(source: P) -> Self {
        ReadAhead {
            source: Arc::new(source),
            shelf: Mutex::default(),
        }
    }

    /// What makes the forcings.
    pub fn source(&self) -> &P {
        &self.source
    }

    /// The forcing of the interval that holds `time`; the next one is begun before this returns.
    ///
    /// # Errors
    /// Those of the source.
    pub fn forcing(&self, time: Time) -> Result<Arc<Forcing>> {
        let (start, end) = self.source.interval(time)?;
        let mut shelf = self.shelf();
        if let Some(held) = shelf.ready.iter().find(|f| f.start == start) {
            return Ok(held.clone());
        }
        // They are large: the oldest goes before the next is made.
        shelf.ready.truncate(1);
        let made = match shelf.coming.take() {
            Some((begun, thread)) if begun == start => thread
                .join()
                .unwrap_or_else(|panic| std::panic::resume_unwind(panic)),
            _ => self.source.prepare(start, end),
        };
        let made = Arc::new(made?);
        shelf.ready.insert(0, made.clone());
        if let Ok((start, end)) = self.source.interval(end) {
            let source = self.source.clone();
            let thread = std::thread::Builder::new()
                .name("meteorology".into())
                .spawn(move || source.prepare(start, end));
            // Without a thread to spare the next forcing is made when it is asked for.
            shelf.coming = thread.ok().map(|t| (start, t));
        }
        Ok(made)
    }

    fn shelf(&self) -> MutexGuard<'_, Shelf> {
        self.shelf.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<P> fmt::Debug for ReadAhead<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ReadAhead")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Error;
    use ndarray::{Array2, Array3};
    use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};

    /// Intervals of an hour, ten of them; the flux is the number of the hour.
    #[derive(Default)]
    struct Hours(AtomicUsize);

    impl Prepare for Hours {
        fn interval(&self, time: Time) -> Result<(Time, Time)> {
            let hour = time.seconds().div_euclid(3600);
            if hour >= 10 {
                return Err(Error::new("the meteorology ends"));
            }
            Ok((
                Time::from_seconds(hour * 3600),
                Time::from_seconds((hour + 1) * 3600),
            ))
        }
        fn prepare(&self, start: Time, end: Time) -> Result<Forcing> {
            self.0.fetch_add(1, SeqCst);
            let hour = start.seconds() / 3600;
            if hour == 7 {
                return Err(Error::new("hour 7 cannot be read"));
            }
            let (flat, solid) = (
                Array2::zeros((1, 1)),
                Array3::from_elem((1, 1, 1), hour as f64),
            );
            let [north, exchange, updraft, detrainment] = [(); 4].map(|()| solid.clone());
            let surface_pressure = [(); 2].map(|()| flat.clone());
            Ok(Forcing {
                start,
                end,
                surface_pressure,
                east: solid,
                north,
                layer_depth: flat.clone(),
                nonlocal: flat,
                exchange,
                updraft,
                detrainment,
            })
        }
    }

    #[test]
    fn every_interval_is_made_once_in_a_run_and_is_the_one_asked_for() {
        let ahead = ReadAhead::of(Hours::default());
        for minute in 0..6 * 60 {
            let forcing = ahead.forcing(Time::from_seconds(minute * 60)).unwrap();
            assert_eq!(forcing.east[[0, 0, 0]], (minute / 60) as f64);
        }
        let thread = ahead.shelf().coming.take().unwrap();
        assert_eq!(
            (
                thread.0.seconds(),
                thread.1.join().unwrap().unwrap().east[[0, 0, 0]]
            ),
            (6 * 3600, 6.0)
        );
        assert_eq!(ahead.source().0.load(SeqCst), 7);
    }

    #[test]
    fn an_error_is_told_when_its_interval_is_asked_for_and_the_end_is_not_read_beyond() {
        let ahead = ReadAhead::of(Hours::default());
        assert_eq!(
            ahead.forcing(Time::from_seconds(6 * 3600)).unwrap().east[[0, 0, 0]],
            6.0
        );
        assert!(
            ahead
                .forcing(Time::from_seconds(7 * 3600))
                .unwrap_err()
                .to_string()
                .contains("hour 7")
        );
        assert_eq!(
            ahead.forcing(Time::from_seconds(9 * 3600)).unwrap().east[[0, 0, 0]],
            9.0
        );
        assert!(
            ahead
                .forcing(Time::from_seconds(10 * 3600))
                .unwrap_err()
                .to_string()
                .contains("ends")
        );
    }
}
