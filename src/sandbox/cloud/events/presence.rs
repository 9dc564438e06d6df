//! Devices that come and go while somebody listens.

use crate::sandbox::cloud::CloudState;
use std::time::Duration;

/// How often devices are looked at.
const INTERVAL: Duration = Duration::from_millis(250);

/// Publishes what devices do, for ever. While nobody listens they are not even looked at.
pub(in crate::sandbox::cloud) async fn watch_presence(cloud: &CloudState) {
    loop {
        tokio::time::sleep(INTERVAL).await;
        if cloud.events.count_subscribers() > 0 {
            cloud.note_who_is_online();
        }
    }
}
