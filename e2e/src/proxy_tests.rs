use std::io::{ErrorKind, Read as _, Write as _};
use std::net::{TcpListener as StdListener, TcpStream as StdStream};
use std::thread;
use std::time::Instant as StdInstant;

use super::*;

/// Sends back what it gets, and ends when its client does.
fn echo_server() -> SocketAddr {
    let listener = StdListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    thread::spawn(move || {
        for mut client in listener.incoming().flatten() {
            thread::spawn(move || std::io::copy(&mut client.try_clone().unwrap(), &mut client));
        }
    });
    address
}

fn proxy() -> Proxy {
    Proxy::start("127.0.0.1:0".parse().unwrap(), echo_server()).unwrap()
}

fn client(proxy: &Proxy) -> StdStream {
    let stream = StdStream::connect(proxy.address()).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    stream
}

fn echo(stream: &mut StdStream, text: &str) -> std::io::Result<String> {
    stream.write_all(text.as_bytes())?;
    let mut answer = vec![0; text.len()];
    stream.read_exact(&mut answer)?;
    Ok(String::from_utf8(answer).unwrap())
}

/// Reads once. The end of another test's child can interrupt a read that has a timeout, and says nothing of the link.
fn read(stream: &mut StdStream) -> std::io::Result<usize> {
    loop {
        match stream.read(&mut [0; 16]) {
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            result => return result,
        }
    }
}

/// Whether nothing arrives for a while.
fn silent(stream: &mut StdStream) -> bool {
    stream.set_read_timeout(Some(Duration::from_millis(150))).unwrap();
    let result = read(stream);
    stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    result.is_err_and(|error| matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut))
}

/// Whether the other side has closed.
fn closed(stream: &mut StdStream) -> bool {
    match read(stream) {
        Ok(length) => length == 0,
        Err(error) => matches!(error.kind(), ErrorKind::ConnectionReset | ErrorKind::BrokenPipe),
    }
}

#[test]
fn passing_carries_bytes_and_ends_and_counts_them() {
    let proxy = proxy();
    let mut stream = client(&proxy);
    assert_eq!(echo(&mut stream, "你好").unwrap(), "你好");
    stream.shutdown(std::net::Shutdown::Write).unwrap();
    assert!(closed(&mut stream), "the end goes through and comes back");
    assert_eq!((proxy.bytes_up(), proxy.bytes_down()), (6, 6));
}

#[test]
fn a_cut_closes_what_is_open_and_what_comes_until_it_is_healed() {
    let proxy = proxy();
    let mut old = client(&proxy);
    echo(&mut old, "a").unwrap();
    proxy.set(Mode::Cut);
    assert!(closed(&mut old));
    assert!(closed(&mut client(&proxy)));
    proxy.set(Mode::Pass);
    assert_eq!(echo(&mut client(&proxy), "b").unwrap(), "b");
}

#[test]
fn a_cut_that_is_healed_at_once_still_closes_what_was_open() {
    let proxy = proxy();
    let mut old = client(&proxy);
    echo(&mut old, "a").unwrap();
    proxy.set(Mode::Cut);
    proxy.set(Mode::Pass);
    assert!(closed(&mut old));
}

#[test]
fn a_black_hole_stalls_old_and_new_connections_and_loses_nothing() {
    let proxy = proxy();
    let mut old = client(&proxy);
    echo(&mut old, "a").unwrap();
    proxy.set(Mode::BlackHole);
    old.write_all(b"bc").unwrap();
    let mut new = client(&proxy);
    new.write_all(b"de").unwrap();
    assert!(silent(&mut old) && silent(&mut new));
    assert_eq!(proxy.bytes_up(), 1);
    proxy.set(Mode::Pass);
    let mut answer = [0; 2];
    old.read_exact(&mut answer).unwrap();
    assert_eq!(&answer, b"bc");
    new.read_exact(&mut answer).unwrap();
    assert_eq!(&answer, b"de");
}

#[test]
fn a_black_hole_can_be_cut() {
    let proxy = proxy();
    let mut stream = client(&proxy);
    echo(&mut stream, "a").unwrap();
    proxy.set(Mode::BlackHole);
    assert!(silent(&mut stream));
    proxy.set(Mode::Cut);
    assert!(closed(&mut stream));
}

#[test]
fn a_delay_is_paid_each_way_and_does_not_narrow() {
    let proxy = proxy();
    let mut stream = client(&proxy);
    echo(&mut stream, "a").unwrap();
    proxy.set(Mode::Delay(Duration::from_millis(100)));
    let started = StdInstant::now();
    assert_eq!(echo(&mut stream, "b").unwrap(), "b");
    assert!(started.elapsed() >= Duration::from_millis(200), "{:?}", started.elapsed());

    // Eight MiB are at least 128 pieces: one after the other they would take 25 s.
    let data: Vec<u8> = (0..8 * 1024 * 1024_u32).map(|i| u8::try_from(i % 251).unwrap()).collect();
    let started = StdInstant::now();
    let mut sending = stream.try_clone().unwrap();
    let sent = data.clone();
    let sender = thread::spawn(move || sending.write_all(&sent).unwrap());
    let mut received = vec![0; data.len()];
    stream.read_exact(&mut received).unwrap();
    sender.join().unwrap();
    assert!(received == data, "in order");
    assert!(started.elapsed() < Duration::from_secs(12), "{:?}", started.elapsed());
}

#[test]
fn a_delay_however_long_ends_at_once_when_the_link_is_healed() {
    let proxy = proxy();
    let mut old = client(&proxy);
    echo(&mut old, "a").unwrap();
    proxy.set(Mode::Delay(Duration::from_secs(30)));
    let mut new = client(&proxy);
    let started = StdInstant::now();
    for stream in [&mut old, &mut new] {
        stream.write_all(b"b").unwrap();
        assert!(silent(stream));
    }
    assert_eq!(proxy.bytes_up(), 1);
    proxy.set(Mode::Pass);
    assert_eq!(echo(&mut client(&proxy), "c").unwrap(), "c");
    for stream in [&mut old, &mut new] {
        let mut answer = [0; 1];
        stream.read_exact(&mut answer).unwrap();
        assert_eq!(&answer, b"b", "nothing is lost");
    }
    assert!(started.elapsed() < Duration::from_secs(15), "{:?}", started.elapsed());
}

#[test]
fn a_narrow_link_is_shared_by_its_connections_and_widens_at_once() {
    let proxy = proxy();
    let mut streams = [client(&proxy), client(&proxy)];
    proxy.set(Mode::Narrow(50_000));
    let started = StdInstant::now();
    let both = streams.each_mut().map(|stream| {
        stream.write_all(&[7; 10_000]).unwrap();
        stream.try_clone().unwrap()
    });
    for mut stream in both {
        stream.read_exact(&mut [0; 10_000]).unwrap();
    }
    // 20,000 bytes at 50,000 a second; the way back overlaps with the way there.
    assert!(started.elapsed() >= Duration::from_millis(390), "{:?}", started.elapsed());

    proxy.set(Mode::Narrow(1));
    streams[0].write_all(&[8; 1000]).unwrap();
    assert!(silent(&mut streams[0]));
    proxy.set(Mode::Pass);
    streams[0].read_exact(&mut [0; 1000]).unwrap();
}

#[test]
fn dropping_a_proxy_closes_its_connections_and_its_port() {
    let proxy = proxy();
    let address = proxy.address();
    let mut stream = client(&proxy);
    echo(&mut stream, "a").unwrap();
    drop(proxy);
    assert!(closed(&mut stream));
    assert!(StdStream::connect(address).is_err());
}
