//! The canaries, and every form in which one could lie in memory.
//!
//! A needle is a piece of a form, since a freed block loses its first bytes to the allocator. The
//! pieces do not overlap, are 12 bytes long, and random enough not to be there by chance.

use rand::{RngExt as _, distr::Alphanumeric};

use crate::naive::{base64, encode};

const PIECE: usize = 12;

/// What must be gone.
#[derive(Clone)]
pub(crate) struct Canaries {
    pub(crate) consumer_secret: String,
    pub(crate) request_secret: String,
    pub(crate) verifier: String,
    pub(crate) access_secret: String,
    sealing_key: [u8; 32],
}

pub(crate) struct Needle {
    /// Which canary it is of.
    pub(crate) of: &'static str,
    /// In which form.
    pub(crate) spelling: &'static str,
    pub(crate) bytes: Vec<u8>,
    /// The hash's state that this is a piece of, and where in it.
    pub(crate) state: Option<(usize, Vec<u8>)>,
}

impl Canaries {
    pub(crate) fn random() -> Self {
        // Characters that have to be encoded stand between the pieces.
        let canary = || {
            let text: String =
                rand::rng().sample_iter(Alphanumeric).take(40).map(char::from).collect();
            format!("{}/{}+{}", &text[..13], &text[13..26], &text[26..])
        };
        Self {
            consumer_secret: canary(),
            request_secret: canary(),
            verifier: canary(),
            access_secret: canary(),
            sealing_key: rand::random(),
        }
    }

    /// What the watched process is given.
    pub(crate) fn sheet(&self, address: &str) -> String {
        let Self { consumer_secret, request_secret, verifier, access_secret, .. } = self;
        let key = base64(&self.sealing_key);
        [consumer_secret, request_secret, verifier, access_secret, address, &*key].join("\n") + "\n"
    }

    pub(crate) fn needles(&self) -> Vec<Needle> {
        let mut needles = Vec::new();
        let mut text = |of, text: &str| {
            let once = encode(text);
            let twice = encode(&once);
            for (spelling, form) in
                [("as it is", text), ("encoded", &once), ("encoded twice", &twice)]
            {
                pieces(of, spelling, form.as_bytes(), &mut needles);
            }
        };
        text("consumer secret", &self.consumer_secret);
        text("request secret", &self.request_secret);
        text("verifier", &self.verifier);
        text("access secret", &self.access_secret);
        pieces("sealing key", "as it is", &self.sealing_key, &mut needles);
        let text = base64(&self.sealing_key);
        pieces("sealing key", "in base64", text.as_bytes(), &mut needles);
        for (of, token_secret) in [
            ("consumer key schedule", ""),
            ("request key schedule", &*self.request_secret),
            ("access key schedule", &*self.access_secret),
        ] {
            let key = format!("{}&{}", encode(&self.consumer_secret), encode(token_secret));
            schedules(of, key.as_bytes(), &mut needles);
        }
        needles
    }
}

fn pieces(of: &'static str, spelling: &'static str, form: &[u8], needles: &mut Vec<Needle>) {
    for piece in form.chunks_exact(PIECE) {
        needles.push(Needle { of, spelling, bytes: piece.to_vec(), state: None });
    }
}

/// RFC 2104: the padded key, and the states of the hash once it has taken it. Each is as good as the
/// key.
fn schedules(of: &'static str, key: &[u8], needles: &mut Vec<Needle>) {
    pads(of, key, &block::<sha1::Sha1, 64>(key), needles);
    pads(of, key, &block::<sha2::Sha256, 64>(key), needles);
    pads(of, key, &block::<sha2::Sha512, 128>(key), needles);
    for pad in [0x36, 0x5c] {
        let mut state = [0x6745_2301, 0xefcd_ab89, 0x98ba_dcfe, 0x1032_5476, 0xc3d2_e1f0];
        sha1::block_api::compress(&mut state, &[padded(&block::<sha1::Sha1, 64>(key), pad)]);
        words(of, "SHA-1's state", &state.map(u32::to_ne_bytes), needles);
        words(of, "SHA-1's state, big-endian", &state.map(u32::to_be_bytes), needles);

        let mut state = [
            0x6a09_e667,
            0xbb67_ae85,
            0x3c6e_f372,
            0xa54f_f53a,
            0x510e_527f,
            0x9b05_688c,
            0x1f83_d9ab,
            0x5be0_cd19,
        ];
        sha2::block_api::compress256(&mut state, &[padded(&block::<sha2::Sha256, 64>(key), pad)]);
        words(of, "SHA-256's state", &state.map(u32::to_ne_bytes), needles);

        let mut state = [
            0x6a09_e667_f3bc_c908,
            0xbb67_ae85_84ca_a73b,
            0x3c6e_f372_fe94_f82b,
            0xa54f_f53a_5f1d_36f1,
            0x510e_527f_ade6_82d1,
            0x9b05_688c_2b3e_6c1f,
            0x1f83_d9ab_fb41_bd6b,
            0x5be0_cd19_137e_2179,
        ];
        sha2::block_api::compress512(&mut state, &[padded(&block::<sha2::Sha512, 128>(key), pad)]);
        words(of, "SHA-512's state", &state.map(u64::to_ne_bytes), needles);
    }
}

/// The key as one block: hashed first if it is longer, then filled up with zeros.
fn block<D: sha1::Digest, const N: usize>(key: &[u8]) -> [u8; N] {
    let mut block = [0; N];
    if key.len() > N {
        let digest = D::digest(key);
        block[..digest.len()].copy_from_slice(&digest);
    } else {
        block[..key.len()].copy_from_slice(key);
    }
    block
}

fn padded<const N: usize>(block: &[u8; N], pad: u8) -> [u8; N] {
    block.map(|byte| byte ^ pad)
}

/// The block itself, where it is a hash of the key, and with each pad.
fn pads<const N: usize>(of: &'static str, key: &[u8], block: &[u8; N], needles: &mut Vec<Needle>) {
    let filled = block.iter().rposition(|&byte| byte != 0).map_or(0, |last| last + 1);
    if key.len() > N {
        pieces(of, "the hashed key", &block[..filled], needles);
    }
    pieces(of, "the key with ipad", &padded(block, 0x36)[..filled], needles);
    pieces(of, "the key with opad", &padded(block, 0x5c)[..filled], needles);
}

fn words<const W: usize>(
    of: &'static str,
    spelling: &'static str,
    state: &[[u8; W]],
    needles: &mut Vec<Needle>,
) {
    let bytes = state.as_flattened();
    for (word, piece) in bytes.windows(PIECE).step_by(W).enumerate() {
        let state = Some((word * W, bytes.to_vec()));
        needles.push(Needle { of, spelling, bytes: piece.to_vec(), state });
    }
}
