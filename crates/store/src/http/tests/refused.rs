//! Every spelling of an address that is not public, refused before anything is connected to.

use std::sync::Arc;

use url::Url;

use super::Names;
use crate::http::AddressClass::{self, *};
use crate::http::ssrf::{Gate, Refusal};

fn names() -> Arc<Names> {
    const PUBLIC: &str = "93.184.215.14";
    Names::new(&[
        ("public.test", &[&[PUBLIC, "2606:4700::1111"]]),
        ("localhost", &[&["127.0.0.1"]]),
        ("localhost.", &[&["127.0.0.1"]]),
        ("127.0.0.1.nip.io", &[&["127.0.0.1"]]),
        ("metadata.google.internal", &[&["169.254.169.254"]]),
        ("mixed.test", &[&[PUBLIC, "10.0.0.1"]]),
        ("mixed6.test", &[&[PUBLIC, "::ffff:10.0.0.1"]]),
        ("first.test", &[&["10.0.0.1", PUBLIC]]),
        ("nat64.test", &[&["64:ff9b::a9fe:a9fe"]]),
        ("zero.test", &[&["0.0.0.0"]]),
        ("xn--bcher-kva.test", &[&["192.168.0.1"]]),
        ("rebinding.test", &[&[PUBLIC], &["127.0.0.1"]]),
    ])
}

fn gate(allowed: &[&str]) -> Gate {
    Gate::new(allowed.iter().map(|text| text.parse().unwrap()).collect(), names())
}

/// `None` if the text is no URL with a host.
async fn try_url(gate: &Gate, text: &str) -> Option<Result<(), Refusal>> {
    let url = Url::parse(text).ok()?;
    // As the connector does, which is given the URL's text in another type.
    let uri = http::Uri::try_from(url.as_str()).unwrap();
    assert_eq!(uri.host(), url.host_str(), "{text}");
    Some(gate.addresses(uri.host()?).await.map(drop))
}

#[tokio::test]
async fn every_spelling_is_refused() {
    let table: &[(&str, Option<AddressClass>)] = &[
        // One address in the numbers of inet_aton.
        ("http://127.0.0.1/", Some(Loopback)),
        ("http://127.1/", Some(Loopback)),
        ("http://127.0.1/", Some(Loopback)),
        ("http://2130706433/", Some(Loopback)),
        ("http://0x7f000001/", Some(Loopback)),
        ("http://0X7F.1/", Some(Loopback)),
        ("http://0x7f.0x0.0x0.0x1/", Some(Loopback)),
        ("http://017700000001/", Some(Loopback)),
        ("http://0177.0.0.01/", Some(Loopback)),
        ("http://0177.0x0.1/", Some(Loopback)),
        ("http://127.0.0.1./", Some(Loopback)),
        ("http://127.0.0.1:80/", Some(Loopback)),
        ("http://127.255.255.254/", Some(Loopback)),
        ("http://0/", Some(Unspecified)),
        ("http://0.0.0.0/", Some(Unspecified)),
        ("http://0x0/", Some(Unspecified)),
        ("http://0.1.2.3/", Some(Unspecified)),
        ("http://2852039166/", Some(LinkLocal)),
        ("http://0xa9.0xfe.43518/", Some(LinkLocal)),
        ("http://0251.0376.0251.0376/", Some(LinkLocal)),
        ("http://0xA9FEA9FE/", Some(LinkLocal)),
        // Numbers that are no address.
        ("http://4294967296/", None),
        ("http://256.0.0.1/", None),
        ("http://127.0.0.1.1/", None),
        ("http://08.0.0.1/", None),
        ("http://127.0.0.0x/", Some(Loopback)),
        // Characters that mean others, and encodings of them.
        ("http://①②⑦.⓪.⓪.①/", Some(Loopback)),
        ("http://１２７．０．０．１/", Some(Loopback)),
        ("http://127。0。0。1/", Some(Loopback)),
        ("http://%31%32%37.0.0.1/", Some(Loopback)),
        ("http://127%2e0%2e0%2e1/", Some(Loopback)),
        ("http://１６９.254.169.254/", Some(LinkLocal)),
        ("http://bücher.test/", Some(Private)),
        ("http://LOCALHOST/", Some(Loopback)),
        ("http://ｌｏｃａｌｈｏｓｔ/", Some(Loopback)),
        ("http://LocalHost./", Some(Loopback)),
        ("http://local\thost/", Some(Loopback)),
        ("http://127.0.0.1%00.public.test/", None),
        // What stands before and behind a host.
        ("http://public.test@127.0.0.1/", Some(Loopback)),
        ("http://public.test:80@10.0.0.1/", Some(Private)),
        ("http://public.test%40127.0.0.1/", None),
        ("http://a@b@127.0.0.1/", Some(Loopback)),
        ("http://127.0.0.1#@public.test/", Some(Loopback)),
        ("http://127.0.0.1?@public.test/", Some(Loopback)),
        ("http://127.0.0.1\\@public.test/", Some(Loopback)),
        ("http:\\\\127.0.0.1\\", Some(Loopback)),
        ("http:127.0.0.1", Some(Loopback)),
        ("http:////127.0.0.1/", Some(Loopback)),
        (" \n http://127.0.0.1/", Some(Loopback)),
        ("hTTp://127.0.0.1/", Some(Loopback)),
        // Other classes of IPv4.
        ("http://10.0.0.0/", Some(Private)),
        ("http://10.255.255.255/", Some(Private)),
        ("http://172.16.0.1/", Some(Private)),
        ("http://192.168.1.1/", Some(Private)),
        ("http://100.64.0.1/", Some(Shared)),
        ("http://100.100.100.200/", Some(Metadata)),
        ("http://168.63.129.16/", Some(Metadata)),
        ("http://169.254.169.254/", Some(LinkLocal)),
        ("http://169.254.170.2/", Some(LinkLocal)),
        ("http://192.0.0.1/", Some(Reserved)),
        ("http://192.0.2.1/", Some(Documentation)),
        ("http://198.51.100.1/", Some(Documentation)),
        ("http://203.0.113.1/", Some(Documentation)),
        ("http://192.88.99.1/", Some(Reserved)),
        ("http://198.18.0.1/", Some(Benchmarking)),
        ("http://224.0.0.1/", Some(Multicast)),
        ("http://240.0.0.1/", Some(Reserved)),
        ("http://255.255.255.255/", Some(Broadcast)),
        // IPv6, and IPv4 within it.
        ("http://[::]/", Some(Unspecified)),
        ("http://[0:0:0:0:0:0:0:1]/", Some(Loopback)),
        ("http://[::1]:8080/", Some(Loopback)),
        ("http://[::ffff:127.0.0.1]/", Some(Loopback)),
        ("http://[::FFFF:7F00:1]/", Some(Loopback)),
        ("http://[0:0:0:0:0:ffff:10.0.0.1]/", Some(Private)),
        ("http://[::ffff:169.254.169.254]/", Some(LinkLocal)),
        ("http://[::127.0.0.1]/", Some(Reserved)),
        ("http://[::ffff:0:10.0.0.1]/", Some(Reserved)),
        ("http://[64:ff9b::169.254.169.254]/", Some(LinkLocal)),
        ("http://[64:ff9b:1::10.0.0.1]/", Some(Reserved)),
        ("http://[2002:7f00:1::]/", Some(Loopback)),
        ("http://[2002:a9fe:a9fe::1]/", Some(LinkLocal)),
        ("http://[2001:0:4136:e378:8000:63bf:3fff:fdd2]/", Some(Reserved)),
        ("http://[2001:db8::1]/", Some(Documentation)),
        ("http://[fe80::1]/", Some(LinkLocal)),
        ("http://[fec0::1]/", Some(LinkLocal)),
        ("http://[fc00::1]/", Some(Private)),
        ("http://[fd00:ec2::254]/", Some(Metadata)),
        ("http://[ff02::1]/", Some(Multicast)),
        ("http://[100::1]/", Some(Reserved)),
        ("http://[fe80::1%25eth0]/", None),
        ("http://[fe80::1%eth0]/", None),
        ("http://[::1%lo]/", None),
        ("http://[::ffff:127.1]/", None),
        ("http://[127.0.0.1]/", None),
        ("http://[::1/", None),
        ("http:///", None),
        // Names.
        ("http://127.0.0.1.nip.io/", Some(Loopback)),
        ("http://metadata.google.internal/", Some(LinkLocal)),
        ("http://mixed.test/", Some(Private)),
        ("http://mixed6.test/", Some(Private)),
        ("http://first.test/", Some(Private)),
        ("http://nat64.test/", Some(LinkLocal)),
        ("http://zero.test/", Some(Unspecified)),
    ];
    assert!(table.len() >= 100, "{}", table.len());
    let gate = gate(&[]);
    for (text, expected) in table {
        match try_url(&gate, text).await {
            None => assert_eq!(*expected, None, "{text} cannot be parsed"),
            Some(Err(Refusal::Closed { class, .. })) => assert_eq!(Some(class), *expected, "{text}"),
            other => panic!("{text}: {other:?}"),
        }
    }
}

#[tokio::test]
async fn public_hosts_pass() {
    for text in ["http://public.test/", "http://1.1.1.1/", "http://16843009/", "http://[2606:4700::1111]/"] {
        assert!(matches!(try_url(&gate(&[]), text).await, Some(Ok(()))), "{text}");
    }
    assert!(matches!(try_url(&gate(&[]), "http://unknown.test/").await, Some(Err(Refusal::Unresolved(..)))));
}

#[tokio::test]
async fn what_is_allowed_opens_no_more_than_itself() {
    for (allowed, open, closed) in [
        (
            "10.0.0.0/8",
            &["http://10.1.2.3/", "http://[::ffff:10.1.2.3]/", "http://mixed.test/"][..],
            &["http://127.0.0.1/"][..],
        ),
        ("127.0.0.1", &["http://localhost/", "http://0x7f.1/"], &["http://127.0.0.2/", "http://[::1]/"]),
        ("Localhost", &["http://localhost./", "http://LOCALHOST/"], &["http://127.0.0.1/", "http://127.0.0.1.nip.io/"]),
        ("mixed.test", &["http://mixed.test/"], &["http://10.0.0.1/", "http://first.test/"]),
        // A name opens neither metadata nor what is no place for images.
        ("metadata.google.internal", &[], &["http://metadata.google.internal/"]),
        ("zero.test", &[], &["http://zero.test/"]),
        ("169.254.0.0/16", &["http://metadata.google.internal/"], &["http://nat64.test/"]),
        ("100.64.0.0/10", &["http://100.64.0.1/"], &["http://100.100.100.200/"]),
        ("100.100.100.200", &["http://100.100.100.200/"], &["http://100.64.0.1/"]),
        ("fc00::/7", &["http://[fd12::1]/"], &["http://[fd00:ec2::254]/"]),
    ] {
        let gate = gate(&[allowed]);
        for text in open {
            assert!(matches!(try_url(&gate, text).await, Some(Ok(()))), "{text} by {allowed}");
        }
        for text in closed {
            assert!(matches!(try_url(&gate, text).await, Some(Err(Refusal::Closed { .. }))), "{text} by {allowed}");
        }
    }
}

#[tokio::test]
async fn what_passed_is_what_was_checked() {
    let names = names();
    let gate = Gate::new(Vec::new(), Arc::clone(&names) as _);
    // The answer that was checked is the answer that is used: one look-up. The next one is checked like the first.
    assert_eq!(gate.addresses("rebinding.test").await.unwrap(), ["93.184.215.14".parse::<std::net::IpAddr>().unwrap()]);
    assert_eq!(names.asked(), 1);
    assert!(matches!(gate.addresses("rebinding.test").await, Err(Refusal::Closed { class: Loopback, .. })));
}
