use super::*;

const GOPHER: &str = "500x500/top/raw.githubusercontent.com/cshum/imagor/master/testdata/gopher.png";
const SHA1: Scheme = Scheme { algorithm: Algorithm::Sha1, letters: None };

fn keys(names: &[&str]) -> Keys {
    Keys::new(names.iter().copied()).unwrap()
}

/// As [`verify`], where unsafe paths are refused.
fn verify(path: &str, keys: &Keys, scheme: Scheme, flavour: Flavour) -> Result<(), Error> {
    super::verify(path, &Rule { keys: Some(keys), scheme, flavour, allow_unsafe: false })
}

fn cut(algorithm: Algorithm, letters: usize) -> Scheme {
    Scheme { algorithm, letters: NonZeroUsize::new(letters) }
}

fn problem(path: &str, flavour: Flavour) -> Problem {
    match verify(path, &keys(&["k"]), SHA1, flavour) {
        Err(Error::PathSignature(refusal)) => refusal.problem,
        other => panic!("{other:?}"),
    }
}

#[test]
fn known_answers() {
    let keys = keys(&["mysecret"]);
    assert_eq!(signature(GOPHER, &keys, SHA1), "cST4Ko5_FqwT3BDn-Wf4gO3RFSk=");
    assert_eq!(signature(GOPHER, &keys, cut(Algorithm::Sha256, 40)), "IGEn3TxngivD0jy4uuiZim2bdUCvhcnVi1Nm0xGy");
    assert_eq!(signature(GOPHER, &keys, cut(Algorithm::Sha512, 0)).len(), 88);
    assert_eq!(sign(&format!("/unsafe/{GOPHER}"), &keys, SHA1), format!("/cST4Ko5_FqwT3BDn-Wf4gO3RFSk=/{GOPHER}"));
}

#[test]
fn what_is_signed_verifies_with_any_of_the_keys() {
    for flavour in Flavour::ALL {
        for scheme in [SHA1, cut(Algorithm::Sha256, 28), cut(Algorithm::Sha512, 200)] {
            let path = sign("300x200/smart/a%20(b).jpg", &keys(&["old"]), scheme);
            assert_eq!(verify(&path, &keys(&["new", "old"]), scheme, flavour), Ok(()), "{path}");
            assert!(verify(&path, &keys(&["new"]), scheme, flavour).is_err());
            assert!(verify(&path.replace("300", "301"), &keys(&["old"]), scheme, flavour).is_err());
            assert!(verify(&path[..path.len() - 1], &keys(&["old"]), scheme, flavour).is_err());
        }
    }
}

#[test]
fn signatures_are_decoded_in_thumbor_and_padding_is_needed() {
    let keys = keys(&["mysecret"]);
    let encoded = format!("/cST4Ko5_FqwT3BDn-Wf4gO3RFSk%3D/{GOPHER}");
    assert_eq!(verify(&encoded, &keys, SHA1, Flavour::Thumbor), Ok(()));
    let bare = format!("/cST4Ko5_FqwT3BDn-Wf4gO3RFSk/{GOPHER}");
    assert!(verify(&bare, &keys, SHA1, Flavour::Thumbor).is_err());
}

#[test]
fn imagor_tries_the_decoded_path_too() {
    let keys = keys(&["mysecret"]);
    let encoded = format!("/cST4Ko5_FqwT3BDn-Wf4gO3RFSk=/{}", GOPHER.replacen('/', "%2F", 2));
    assert_eq!(verify(&encoded, &keys, SHA1, Flavour::Imagor), Ok(()));
    assert!(verify(&encoded, &keys, SHA1, Flavour::Thumbor).is_err());
    let params = format!("//params/cST4Ko5_FqwT3BDn-Wf4gO3RFSk=/{GOPHER}");
    assert_eq!(verify(&params, &keys, SHA1, Flavour::Imagor), Ok(()));
}

#[test]
fn unsigned_paths_are_told_apart() {
    assert_eq!(problem("/unsafe/300x200/a.jpg", Flavour::Thumbor), Problem::UnsafeRefused);
    assert_eq!(problem("/300x200/a.jpg", Flavour::Thumbor), Problem::LooksUnsigned);
    assert_eq!(problem("/fit-in/300x200/a.jpg", Flavour::Thumbor), Problem::LooksUnsigned);
    assert_eq!(problem("/a.jpg", Flavour::Thumbor), Problem::Missing);
    assert_eq!(problem("/", Flavour::Thumbor), Problem::Missing);
    assert_eq!(problem("/x/a.jpg", Flavour::Thumbor), Problem::LooksUnsigned);
    assert_eq!(problem("/abc/a.jpg", Flavour::Thumbor), Problem::Wrong);
    assert_eq!(problem("/300x200/a.jpg", Flavour::Imagor), Problem::Missing);
    assert_eq!(problem("/aaaaaaaaaaaaaaaaa/a.jpg", Flavour::Imagor), Problem::Wrong);
}

#[test]
fn each_server_has_its_status() {
    let kind = |flavour| verify("/unsafe/a.jpg", &keys(&["k"]), SHA1, flavour).unwrap_err().kind();
    assert_eq!((kind(Flavour::Thumbor), kind(Flavour::Imagor)), (ErrorKind::BadRequest, ErrorKind::Forbidden));
    for flavour in Flavour::ALL {
        let open = Rule { keys: None, scheme: SHA1, flavour, allow_unsafe: true };
        assert_eq!(super::verify("/unsafe/a.jpg", &open), Ok(()));
        assert!(super::verify("/300x200/a.jpg", &open).is_err());
        assert!(super::verify("/cST4Ko5_FqwT3BDn-Wf4gO3RFSk=/a.jpg", &open).is_err());
    }
}
