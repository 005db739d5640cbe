//! The program's file says how the system must load it: anywhere in memory, with no stack that can be executed and no
//! table of addresses that can be written once it runs.

/// Little-endian, 64 bits: whatever Linux machine this is built on.
struct Elf(Vec<u8>);

struct Segment {
    kind: u32,
    flags: u32,
    offset: usize,
    size: usize,
}

const DYNAMIC: u32 = 2;
const GNU_STACK: u32 = 0x6474_e551;
const GNU_RELRO: u32 = 0x6474_e552;

impl Elf {
    fn number(&self, at: usize, bytes: usize) -> u64 {
        self.0[at..at + bytes].iter().rev().fold(0, |number, byte| number << 8 | u64::from(*byte))
    }

    fn place(&self, at: usize) -> usize {
        usize::try_from(self.number(at, 8)).unwrap()
    }

    fn segments(&self) -> Vec<Segment> {
        let (start, size, count) = (self.place(0x20), self.number(0x36, 2), self.number(0x38, 2));
        (0..count)
            .map(|index| start + usize::try_from(index * size).unwrap())
            .map(|at| Segment {
                kind: u32::try_from(self.number(at, 4)).unwrap(),
                flags: u32::try_from(self.number(at + 4, 4)).unwrap(),
                offset: self.place(at + 8),
                size: self.place(at + 32),
            })
            .collect()
    }

    fn dynamic(&self, tag: u64) -> u64 {
        let segments = self.segments();
        let table =
            segments.iter().find(|segment| segment.kind == DYNAMIC).expect("it is linked dynamically");
        let entries = (table.offset..table.offset + table.size).step_by(16);
        entries.filter(|at| self.number(*at, 8) == tag).map(|at| self.number(at + 8, 8)).sum()
    }
}

#[test]
fn sc06_the_program_is_built_with_its_defences() {
    let elf = Elf(std::fs::read(env!("CARGO_BIN_EXE_integ")).unwrap());
    assert_eq!(&elf.0[..6], b"\x7fELF\x02\x01");
    assert_eq!(elf.number(0x10, 2), 3, "loaded anywhere (PIE)");
    const FLAGS: u64 = 30;
    const FLAGS_1: u64 = 0x6fff_fffb;
    assert!(elf.dynamic(FLAGS_1) & 0x0800_0000 != 0, "marked as PIE");
    assert!(elf.dynamic(FLAGS) & 8 != 0 || elf.dynamic(FLAGS_1) & 1 != 0, "BIND_NOW");
    let segments = elf.segments();
    let of = |kind| segments.iter().filter(move |segment| segment.kind == kind);
    assert_eq!(of(GNU_STACK).count(), 1, "the stack is spoken of");
    assert!(of(GNU_STACK).all(|stack| stack.flags & 1 == 0), "nothing on the stack is executed");
    assert!(of(GNU_RELRO).count() == 1, "RELRO");
    assert!(segments.iter().all(|segment| segment.flags & 3 != 3), "nothing is both written and executed");
}
