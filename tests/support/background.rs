//! A small HTTP server on a port of its own, which runs beside a test.

use std::net::SocketAddr;

use axum::Router;

/// A port that is taken, before anything answers on it: some answers hold their own address.
#[derive(Debug)]
pub struct Port(std::net::TcpListener);

impl Port {
    /// A free one of this machine.
    pub fn take() -> Self {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        listener.set_nonblocking(true).unwrap();
        Self(listener)
    }

    pub fn address(&self) -> SocketAddr {
        self.0.local_addr().unwrap()
    }

    /// Answers from now on.
    pub fn serve(self, router: Router) -> Background {
        let address = self.address();
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        runtime.spawn(async move {
            let listener = tokio::net::TcpListener::from_std(self.0).unwrap();
            axum::serve(listener, router).await.unwrap();
        });
        Background { address, runtime: Some(runtime) }
    }
}

/// Runs until it is dropped.
#[derive(Debug)]
pub struct Background {
    pub address: SocketAddr,
    /// Only taken when it is dropped.
    runtime: Option<tokio::runtime::Runtime>,
}

impl Drop for Background {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}
