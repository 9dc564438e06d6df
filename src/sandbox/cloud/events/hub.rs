//! Who listens to what.

use super::{Event, openings::Openings};
use crate::platform::DeviceId;
use axum::body::Bytes;
use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Instant,
};
use tokio::sync::mpsc;

/// Most streams at the same time, as the public API reference has it.
const MOST_STREAMS: usize = 100;
/// Most events that wait for a subscriber who reads slowly. One who falls further behind is dropped.
const LONGEST_QUEUE: usize = 1024;

/// Whose events a stream carries.
#[derive(Clone, Debug)]
pub(super) enum Feed {
    /// An account's.
    Account(String),
    /// A device's, while it is the account's.
    Device { account: String, id: DeviceId },
    /// A product's.
    Product(u32),
    /// A device's, while it is in the product.
    ProductDevice { product: u32, id: DeviceId },
}

/// Which events a stream carries.
#[derive(Clone, Debug)]
pub(super) struct Filter {
    pub feed: Feed,
    /// How their names begin.
    pub prefix: String,
}

impl Filter {
    fn admits(&self, event: &Event) -> bool {
        let audience = &event.audience;
        let ours = match &self.feed {
            Feed::Account(account) => audience.account.as_ref() == Some(account),
            Feed::Device { account, id } => {
                audience.account.as_ref() == Some(account) && audience.device.as_ref() == Some(id)
            }
            Feed::Product(product) => audience.product == Some(*product),
            Feed::ProductDevice { product, id } => {
                audience.product == Some(*product) && audience.device.as_ref() == Some(id)
            }
        };
        ours && event.name.starts_with(&self.prefix)
    }
}

struct Subscriber {
    filter: Filter,
    queue: mpsc::Sender<Bytes>,
}

/// Everybody who listens, and who was online when that was last looked at.
#[derive(Default)]
pub(in crate::sandbox::cloud) struct EventHub {
    subscribers: Mutex<Vec<Subscriber>>,
    openings: Mutex<Openings>,
    follower: Mutex<Option<mpsc::UnboundedSender<Event>>>,
    presence: Mutex<HashMap<DeviceId, bool>>,
}

impl EventHub {
    /// Hands an event to everybody whom it concerns.
    pub(in crate::sandbox::cloud) fn publish(&self, event: Event) {
        let frame = event.frame();
        self.subscribers().retain(|subscriber| {
            if subscriber.filter.admits(&event) {
                subscriber.queue.try_send(frame.clone()).is_ok()
            } else {
                !subscriber.queue.is_closed()
            }
        });
        if let Some(follower) = &*self.follower() {
            // It has stopped only if the whole cloud has.
            let _ = follower.send(event);
        }
    }

    /// Lets somebody inside the cloud have every event from now on, in place of whoever had them before.
    pub(in crate::sandbox::cloud) fn follow(&self) -> mpsc::UnboundedReceiver<Event> {
        let (follower, events) = mpsc::unbounded_channel();
        *self.follower() = Some(follower);
        events
    }

    /// Listens, unless there are too many who do. The queue ends when its reader is too slow.
    pub(super) fn subscribe(&self, filter: Filter) -> Option<mpsc::Receiver<Bytes>> {
        let admitted = self.openings.lock().unwrap_or_else(PoisonError::into_inner).admit(Instant::now());
        if !admitted || self.count_subscribers() >= MOST_STREAMS {
            return None;
        }
        let (queue, reader) = mpsc::channel(LONGEST_QUEUE);
        self.subscribers().push(Subscriber { filter, queue });
        Some(reader)
    }

    /// How many listen.
    pub(super) fn count_subscribers(&self) -> usize {
        let mut subscribers = self.subscribers();
        subscribers.retain(|subscriber| !subscriber.queue.is_closed());
        subscribers.len()
    }

    /// Remembers whether a device is online; tells whether that is news. What was not known is none.
    pub(in crate::sandbox::cloud) fn note_presence(&self, id: &DeviceId, online: bool) -> bool {
        let mut presence = self.presence.lock().unwrap_or_else(PoisonError::into_inner);
        presence.insert(id.clone(), online).is_some_and(|before| before != online)
    }

    fn follower(&self) -> MutexGuard<'_, Option<mpsc::UnboundedSender<Event>>> {
        self.follower.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn subscribers(&self) -> MutexGuard<'_, Vec<Subscriber>> {
        self.subscribers.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::{super::event::Audience, *};

    fn event(account: &str, name: &str) -> Event {
        let audience = Audience { account: Some(account.to_owned()), ..Audience::default() };
        Event::by_token(audience, name.to_owned(), None, None)
    }

    fn ada(prefix: &str) -> Filter {
        Filter { feed: Feed::Account("ada".to_owned()), prefix: prefix.to_owned() }
    }

    #[test]
    fn events_go_to_whom_they_concern() {
        let hub = EventHub::default();
        let mut reader = hub.subscribe(ada("temp")).unwrap();
        for (account, name) in [("ada", "led"), ("grace", "temp"), ("ada", "temperature")] {
            hub.publish(event(account, name));
        }
        assert!(reader.try_recv().unwrap().starts_with(b"event: temperature\ndata: {\"data\":null,"));
        assert!(reader.try_recv().is_err());
        assert_eq!(hub.count_subscribers(), 1);
        drop(reader);
        assert_eq!(hub.count_subscribers(), 0);
    }

    #[test]
    fn a_slow_reader_is_dropped_and_nobody_else() {
        let hub = EventHub::default();
        let (mut slow, mut quick) = (hub.subscribe(ada("")).unwrap(), hub.subscribe(ada("")).unwrap());
        for _ in 0..=LONGEST_QUEUE {
            hub.publish(event("ada", "temp"));
            assert!(quick.try_recv().is_ok());
        }
        let kept = std::iter::from_fn(|| slow.try_recv().ok()).count();
        assert_eq!(kept, LONGEST_QUEUE);
        assert_eq!(slow.try_recv(), Err(mpsc::error::TryRecvError::Disconnected));
    }
}
