//! Many, slow and endless connections.

use super::*;
use crate::oauth::loopback::head::{self, Unread};

#[test]
fn slow_connections_cannot_block_the_answer() {
    run(async {
        let mut listener = Loopback::bind(&any_port()).await.unwrap();
        let port = listener.port();
        let mut crowd = still_waiting(&mut listener, async {
            let mut crowd = Vec::new();
            for turn in 0..200 {
                let mut stream = TcpStream::connect(("127.0.0.1", port)).await.unwrap();
                if turn % 2 == 0 {
                    let _ = stream.write_all(b"G").await;
                }
                crowd.push(stream);
            }
            crowd
        })
        .await;
        completes(&mut listener).await;
        // The oldest had to go to make room, without so much as a page.
        for stream in &mut crowd[..200 - 64] {
            assert!(matches!(stream.read(&mut [0; 16]).await, Ok(0) | Err(_)));
        }
    });
}

#[test]
fn a_crowd_does_not_push_out_the_tab_that_waits_for_its_page() {
    run(async {
        let mut listener = Loopback::bind(&any_port()).await.unwrap();
        let port = listener.port();
        let terminal = async {
            let callback = listener.wait(STATE).await;
            let mut crowd = Vec::new();
            for _ in 0..200 {
                crowd.push(TcpStream::connect(("127.0.0.1", port)).await.unwrap());
            }
            // Answered after the crowd in front of it was taken in.
            assert_eq!(status(&ask(port, browser(port, "/")).await), 404);
            callback.reply(connected()).await;
        };
        let (answer, ()) = tokio::join!(ask(port, browser(port, &true_target())), terminal);
        assert_eq!(status(&answer), 200);
    });
}

#[test]
fn only_so_much_is_read_and_only_for_so_long() {
    run(async {
        let unread = |read: Result<head::Head, Unread>| read.err();
        let long = Duration::from_secs(60);
        assert_eq!(unread(head::read(&mut tokio::io::repeat(b'a'), long).await), Some(Unread::TooLarge));
        assert_eq!(unread(head::read(&mut tokio::io::empty(), long).await), Some(Unread::Gone));

        let (mut silent, _kept) = tokio::io::duplex(64);
        assert_eq!(unread(head::read(&mut silent, Duration::from_millis(20)).await), Some(Unread::Gone));
        let (mut slow, mut client) = tokio::io::duplex(64);
        client.write_all(b"GET /").await.unwrap();
        assert_eq!(unread(head::read(&mut slow, Duration::from_millis(20)).await), Some(Unread::Late));
    });
}
