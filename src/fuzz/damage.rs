//! Damage, from a seed, so that it can be had again.

/// xorshift64*
pub(crate) struct Random(pub u64);

impl Random {
    pub(crate) fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33) as usize % end.max(1)
    }
}

/// One change, half of them where it matters: in the first `head` bytes.
pub(crate) fn damage(bytes: &mut Vec<u8>, head: usize, random: &mut Random) {
    let reach = if random.below(2) == 0 { bytes.len() } else { bytes.len().min(head) };
    let at = random.below(reach);
    let end = (at + 1 + random.below(40)).min(bytes.len());
    match random.below(6) {
        _ if bytes.is_empty() => bytes.push(random.below(256) as u8),
        0 | 1 => bytes[at] ^= 1 << random.below(8),
        2 => drop(bytes.drain(at..end)),
        3 => {
            let piece = bytes[at..end].to_vec();
            let to = random.below(bytes.len());
            bytes.splice(to..to, piece);
        }
        4 => bytes.insert(at, random.below(256) as u8),
        _ => bytes[at..end].reverse(),
    }
}
