//! A collector of traces, for tests: it takes what is sent to it, and answers as it is told.

#![allow(dead_code, reason = "each suite uses a part")]

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::common::v1::any_value::Value;
use opentelemetry_proto::tonic::trace::v1::Span;
use prost::Message;

/// How a collector answers.
#[derive(Clone, Copy)]
pub(crate) enum Manner {
    Answers(u16),
    /// It takes the connection, and says nothing.
    IsSilent,
}

/// What one request was.
pub(crate) struct Sent {
    /// The first line and the headers.
    pub(crate) head: String,
    pub(crate) body: Vec<u8>,
}

pub(crate) struct Collector {
    pub(crate) endpoint: String,
    sent: Arc<Mutex<Vec<Sent>>>,
}

impl Collector {
    pub(crate) fn start(manner: Manner) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let endpoint = format!("http://{}/v1/traces", listener.local_addr().unwrap());
        let sent: Arc<Mutex<Vec<Sent>>> = Arc::default();
        let into = Arc::clone(&sent);
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let (stream, into) = (stream.unwrap(), Arc::clone(&into));
                std::thread::spawn(move || serve(&stream, manner, &into));
            }
        });
        Self { endpoint, sent }
    }

    /// What a configuration says to have traces sent here.
    pub(crate) fn config(&self) -> String {
        format!("[traces]\nendpoint = \"{}\"\n", self.endpoint)
    }

    pub(crate) fn heads(&self) -> Vec<String> {
        self.sent.lock().unwrap().iter().map(|sent| sent.head.clone()).collect()
    }

    /// All that was sent, as one text with what is no text in it.
    pub(crate) fn bytes(&self) -> String {
        let sent = self.sent.lock().unwrap();
        sent.iter().map(|sent| String::from_utf8_lossy(&sent.body).into_owned()).collect()
    }

    pub(crate) fn requests(&self) -> Vec<ExportTraceServiceRequest> {
        let sent = self.sent.lock().unwrap();
        sent.iter().map(|sent| ExportTraceServiceRequest::decode(sent.body.as_slice()).unwrap()).collect()
    }

    pub(crate) fn spans(&self) -> Vec<Span> {
        let resources = self.requests().into_iter().flat_map(|request| request.resource_spans);
        resources.flat_map(|one| one.scope_spans).flat_map(|scope| scope.spans).collect()
    }
}

/// Takes requests on one connection until it ends.
fn serve(stream: &TcpStream, manner: Manner, into: &Mutex<Vec<Sent>>) {
    let mut reader = BufReader::new(stream);
    loop {
        let mut head = String::new();
        while !head.ends_with("\r\n\r\n") {
            if reader.read_line(&mut head).unwrap_or(0) == 0 {
                return;
            }
        }
        let length = head.lines().find_map(|line| {
            let (name, value) = line.split_once(": ")?;
            name.eq_ignore_ascii_case("content-length").then(|| value.parse().unwrap())
        });
        let mut body = vec![0; length.unwrap_or(0)];
        reader.read_exact(&mut body).unwrap();
        into.lock().unwrap().push(Sent { head, body });
        match manner {
            Manner::Answers(status) => {
                let answer = format!("HTTP/1.1 {status} Said\r\nContent-Length: 0\r\n\r\n");
                (&*stream).write_all(answer.as_bytes()).unwrap();
            }
            Manner::IsSilent => std::thread::sleep(Duration::from_mins(10)),
        }
    }
}

/// The attributes of a span, in their order by name.
pub(crate) fn attributes(span: &Span) -> Vec<(String, String)> {
    let mut told: Vec<_> = span.attributes.iter().map(|one| (one.key.clone(), text(one))).collect();
    told.sort();
    told
}

fn text(one: &opentelemetry_proto::tonic::common::v1::KeyValue) -> String {
    let value = one.value.as_ref().unwrap().value.as_ref().unwrap();
    if let Value::StringValue(text) = value {
        return text.clone();
    }
    let Value::IntValue(number) = value else { panic!("{value:?}") };
    number.to_string()
}
