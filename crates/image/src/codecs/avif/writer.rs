/// Grows a file box by box.
#[derive(Default)]
pub(super) struct Writer {
    pub bytes: Vec<u8>,
    /// Where an offset belongs, and of which part's data.
    offsets: Vec<(usize, usize)>,
}

impl Writer {
    pub fn boxed(&mut self, kind: [u8; 4], body: impl FnOnce(&mut Self)) {
        let start = self.bytes.len();
        self.u32(0);
        self.bytes.extend(kind);
        body(self);
        let length = (self.bytes.len() - start) as u32;
        self.bytes[start..start + 4].copy_from_slice(&length.to_be_bytes());
    }

    pub fn full(&mut self, kind: [u8; 4], version: u8, flags: u32, body: impl FnOnce(&mut Self)) {
        self.boxed(kind, |w| {
            w.u32(u32::from(version) << 24 | flags);
            body(w);
        });
    }

    pub fn u16(&mut self, value: u16) {
        self.bytes.extend(value.to_be_bytes());
    }

    pub fn u32(&mut self, value: u32) {
        self.bytes.extend(value.to_be_bytes());
    }

    pub fn u64(&mut self, value: u64) {
        self.bytes.extend(value.to_be_bytes());
    }

    pub fn zeros(&mut self, count: usize) {
        self.bytes.resize(self.bytes.len() + count, 0);
    }

    /// The matrix that changes nothing (ISO/IEC 14496-12, section 6.2.2).
    pub fn matrix(&mut self) {
        for value in [0x0001_0000, 0, 0, 0, 0x0001_0000, 0, 0, 0, 0x4000_0000] {
            self.u32(value);
        }
    }

    /// `hdlr`: what the file or a track holds.
    pub fn handler(&mut self, kind: [u8; 4]) {
        self.full(*b"hdlr", 0, 0, |w| {
            w.u32(0);
            w.bytes.extend(kind);
            w.zeros(13);
        });
    }

    /// Where the data of a part will start: known in the end.
    pub fn offset_of(&mut self, part: usize) {
        self.offsets.push((self.bytes.len(), part));
        self.u32(0);
    }

    /// The file, with the data of all parts, each of pieces that lie side by side, in `mdat`.
    pub fn finish(mut self, parts: &[Vec<&[u8]>]) -> Vec<u8> {
        let mut starts = Vec::new();
        self.boxed(*b"mdat", |w| {
            for part in parts {
                starts.push(w.bytes.len() as u32);
                w.bytes.extend(part.iter().copied().flatten());
            }
        });
        for (at, part) in self.offsets {
            self.bytes[at..at + 4].copy_from_slice(&starts[part].to_be_bytes());
        }
        self.bytes
    }
}
