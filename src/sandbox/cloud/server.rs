//! The thread that serves the cloud.

use super::{CloudState, events, router, webhooks};
use std::{
    io,
    net::{Ipv4Addr, SocketAddr, TcpListener},
    sync::Arc,
    thread::{self, JoinHandle},
};
use tokio::{runtime, sync::oneshot};

/// A cloud that is being served on loopback. Dropping it cuts all connections.
pub struct CloudServer {
    address: SocketAddr,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl CloudServer {
    /// Serves on 127.0.0.1 at `port`, or at one of the kernel's choice if that is 0.
    pub fn start(cloud: Arc<CloudState>, port: u16) -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port))?;
        listener.set_nonblocking(true)?;
        let address = listener.local_addr()?;
        let runtime = runtime::Builder::new_current_thread().enable_all().build()?;
        let (stop, stopped) = oneshot::channel();
        let thread = thread::Builder::new().name("sandbox-cloud".into()).spawn(move || {
            runtime.block_on(async {
                tokio::select! {
                    () = serve(listener, cloud) => {}
                    // Also when the sender is dropped.
                    _ = stopped => {}
                }
            });
        })?;
        Ok(Self { address, stop: Some(stop), thread: Some(thread) })
    }

    /// Base URL, without a slash at its end.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }
}

impl Drop for CloudServer {
    fn drop(&mut self) {
        self.stop.take();
        if let Some(thread) = self.thread.take() {
            // A panic of the thread has been reported by the runtime already.
            let _ = thread.join();
        }
    }
}

async fn serve(listener: TcpListener, cloud: Arc<CloudState>) {
    let listener = match tokio::net::TcpListener::from_std(listener) {
        Ok(listener) => listener,
        Err(error) => return tracing::error!("the cloud's socket cannot be used: {error}"),
    };
    tokio::select! {
        served = axum::serve(listener, router(Arc::clone(&cloud))) => {
            if let Err(error) = served {
                tracing::error!("the cloud stopped: {error}");
            }
        }
        () = events::watch_presence(&cloud) => {}
        () = webhooks::run(&cloud) => {}
    }
}
