//! Just enough gzip to be wrong with: stored blocks, and half a gigabyte of nothing.

const HEADER: [u8; 10] = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255];

pub(crate) fn store(data: &[u8]) -> Vec<u8> {
    let length = u16::try_from(data.len()).expect("one stored block");
    let mut out = HEADER.to_vec();
    out.push(1);
    out.extend(length.to_le_bytes());
    out.extend((!length).to_le_bytes());
    out.extend(data);
    out.extend(crc32(data).to_le_bytes());
    out.extend(u32::from(length).to_le_bytes());
    out
}

/// 512 MB of zero bytes. One block of fixed codes: a literal zero, then "repeat the last byte 258 times" (13 bits:
/// length code 285, distance code 0) again and again; eight of them fill 13 bytes exactly.
pub(crate) fn bomb() -> Vec<u8> {
    let mut bits: Vec<bool> = vec![true, true, false];
    bits.extend([false, false, true, true, false, false, false, false]);
    let repeat = [true, true, false, false, false, true, false, true, false, false, false, false, false];
    // Until the head is byte-aligned with the repeating pattern.
    while !bits.len().is_multiple_of(8) {
        bits.extend(repeat);
    }
    let pattern = pack(&repeat.repeat(8));
    let mut out = HEADER.to_vec();
    out.extend(pack(&bits));
    for _ in 0..(512 << 20) / (258 * 8) {
        out.extend(&pattern);
    }
    out
}

fn pack(bits: &[bool]) -> Vec<u8> {
    bits.chunks(8).map(|byte| byte.iter().enumerate().map(|(at, &bit)| u8::from(bit) << at).sum()).collect()
}

fn crc32(data: &[u8]) -> u32 {
    !data.iter().fold(u32::MAX, |crc, &byte| {
        (0..8).fold(crc ^ u32::from(byte), |crc, _| (crc >> 1) ^ (0xEDB8_8320 & 0_u32.wrapping_sub(crc & 1)))
    })
}
