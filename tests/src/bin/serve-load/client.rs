//! One connection that stays open, and requests over it one after the other.

use tokio::io::{AsyncReadExt, AsyncWriteExt, BufStream};
use tokio::net::TcpStream;

use crate::Failed;

/// The longest head of an answer.
const HEAD: usize = 16 << 10;

pub(crate) struct Asker {
    stream: BufStream<TcpStream>,
    address: String,
    token: String,
}

impl Asker {
    pub(crate) async fn to(address: &str, token: &str) -> Result<Self, Failed> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        Ok(Self { stream: BufStream::new(stream), address: address.to_owned(), token: token.to_owned() })
    }

    pub(crate) fn signed_in(&mut self, token: &str) {
        token.clone_into(&mut self.token);
    }

    pub(crate) async fn get(&mut self, path: &str) -> Result<String, Failed> {
        self.ask("GET", path, None, "").await
    }

    pub(crate) async fn post(&mut self, path: &str, key: Option<&str>, body: &str) -> Result<String, Failed> {
        self.ask("POST", path, key, body).await
    }

    /// Asks, and takes nothing but success for an answer.
    async fn ask(
        &mut self,
        method: &str,
        path: &str,
        key: Option<&str>,
        body: &str,
    ) -> Result<String, Failed> {
        let key = key.map(|key| format!("Idempotency-Key: {key}\r\n")).unwrap_or_default();
        let request = format!(
            "{method} {path} HTTP/1.1\r\nHost: {}\r\nAuthorization: Bearer {}\r\n{key}Content-Type: application/json\r\n\
             Content-Length: {}\r\n\r\n{body}",
            self.address,
            self.token,
            body.len()
        );
        self.stream.write_all(request.as_bytes()).await?;
        self.stream.flush().await?;
        let head = self.head().await?;
        let length = head.lines().find_map(|line| {
            let (name, value) = line.split_once(':')?;
            name.eq_ignore_ascii_case("content-length").then(|| value.trim().parse::<usize>())
        });
        let mut body = vec![0; length.transpose()?.unwrap_or(0)];
        self.stream.read_exact(&mut body).await?;
        let body = String::from_utf8(body)?;
        let status = head.split(' ').nth(1).unwrap_or_default();
        if status.starts_with('2') {
            Ok(body)
        } else {
            Err(format!("{method} {path}: {status} {body}").into())
        }
    }

    async fn head(&mut self) -> Result<String, Failed> {
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            if head.len() > HEAD {
                return Err("the head of an answer is too long".into());
            }
            head.push(self.stream.read_u8().await?);
        }
        Ok(String::from_utf8(head)?)
    }
}
